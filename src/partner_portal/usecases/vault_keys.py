"""The vault's keys: which of them seal what, and sealing everything under the first one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.audit.events import VaultRotated
from partner_portal.audit.trail import Result, record
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.usecases.errors import KeptElsewhere
from partner_portal.usecases.parts import Parts
from partner_portal.vault.vault import KeyUse, Vault

__all__ = ["KeyUse", "Rotation", "rotate_vault", "vault_keys"]


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: values sealed anew under the key `key_id`, and why others could not be opened."""

    key_id: str
    resealed: int
    problems: tuple[str, ...] = ()


def vault_keys(parts: Parts) -> tuple[KeyUse, ...]:
    """Every vault key that is at hand or in use, the one that seals first; raise KeptElsewhere without an own vault."""
    return _own(parts).key_uses()


def rotate_vault(parts: Parts, actor: Actor = SHELL) -> Rotation:
    """Seal every value under the first vault key that is not yet. May be cut off and begun again at any moment.

    Raises KeptElsewhere without an own vault.
    """
    vault = _own(parts)
    key_id = next(key.key_id for key in vault.key_uses() if key.is_first)
    done: Counter[OrganizationScope] = Counter()
    problems: dict[OrganizationScope, list[str]] = {}
    for value in vault.rotate():
        if value.problem is None:
            done[value.scope] += 1
        else:
            problems.setdefault(value.scope, []).append(value.problem)
    for scope in dict.fromkeys([*done, *problems]):
        failed = problems.get(scope, [])
        record(
            VaultRotated(key_id, done[scope], len(failed)),
            actor,
            parts.clock.now(),
            scope,
            result=Result.FAILED if failed else Result.DONE,
            reason=failed[0] if failed else "",
        )
    return Rotation(key_id, done.total(), tuple(line for lines in problems.values() for line in lines))


def _own(parts: Parts) -> Vault:
    if not isinstance(parts.vault, Vault):
        raise KeptElsewhere(parts.vault.where)
    return parts.vault
