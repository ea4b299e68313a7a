"""Joins the parts into a running portal: prepares the stores, opens the parts once per process, closes them."""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from partner_portal.bootstrap.late_warehouse import LateWarehouse
from partner_portal.bootstrap.replacing import undo_what_was_cut_off
from partner_portal.bootstrap.stores import WAREHOUSE
from partner_portal.settings import declared
from partner_portal.settings.keyfile import SECRET_KEY_FILE, VAULT_KEY_FILE, read_or_make
from partner_portal.usecases.parts import Parts

if TYPE_CHECKING:
    from partner_portal.cluster.lending import LineLender
    from partner_portal.cluster.membership import Membership
    from partner_portal.lib.turns import Turns
    from partner_portal.vault.sealing import Keyring
    from partner_portal.vault.source import SecretSource
    from partner_portal.warehouse.store import Warehouse

_lock = threading.RLock()
_held: Parts | None = None


def prepare(*, serving: bool = False) -> None:
    """Make the data directory and its keys, set Django up, bring its tables up to date.

    With `serving` the static files are collected and compressed too, which takes seconds after they changed. Safe to
    call again, and quick then. Raises SettingError when a setting or the data directory cannot be used.
    """
    values = declared.current()
    data_dir = values[declared.DATA_DIR]
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not values[declared.SECRET_KEY]:
            read_or_make(data_dir / SECRET_KEY_FILE, lambda: secrets.token_urlsafe(50))
        undo_what_was_cut_off(data_dir)
    except OSError as reason:
        raise declared.SettingError(
            f"PORTAL_DATA_DIR cannot be used: {reason.strerror}: {reason.filename}. Name one that can be written."
        ) from None
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partner_portal.settings.django")
    import django

    django.setup()
    from partner_portal.bootstrap.tables import (
        collect_static_when_needed,
        forget_ended_sessions,
        migrate_when_needed,
    )

    with _lock:
        migrate_when_needed()
        if serving:
            forget_ended_sessions()
            collect_static_when_needed()


def parts(*, mirror: bool = True) -> Parts:
    """The parts of this process, opened when first asked for; needs `prepare`.

    Without `mirror` the warehouse stays closed until somebody looks into it, for acts that another process's holding
    it must not hinder. Raises WarehouseLocked when another process owns the embedded warehouse, SettingError for a
    vault key.
    """
    global _held
    with _lock:
        if _held is None:
            _held = _open()
        if mirror and isinstance(_held.warehouse, LateWarehouse):
            _held.warehouse.open()
        return _held


def hold(held: Parts | None) -> None:
    """Let `parts` give `held` from now on: a test's own parts, or none. Closes nothing."""
    global _held
    with _lock:
        _held = held


def close() -> None:
    """Give the stores back, so that another process can open them. Harmless when nothing is open."""
    from django.db import connections

    with _lock:
        if _held is not None:
            _held.stopping.set()
            _held.jobs.close()
            _held.warehouse.close()
            _held.member.leave()
            hold(None)
        connections.close_all()


def _open() -> Parts:
    from partner_portal.autotask.client import AutotaskClient
    from partner_portal.autotask.credentials import Credentials
    from partner_portal.autotask.limits import Limits
    from partner_portal.autotask.session import Acquaintance
    from partner_portal.autotask.threads import ThreadRegister
    from partner_portal.bootstrap.jobs import DurableJobs
    from partner_portal.lib.clock import SystemClock
    from partner_portal.usecases.measures import count_autotask_request
    from partner_portal.usecases.sync_runs import close_leftovers
    from partner_portal.warehouse.opening import open_warehouse

    values = declared.current()
    entry_url = values[declared.ENTRY_URL]
    allowed_hosts = values[declared.AUTOTASK_HOSTS]
    joined = _among_others(values[declared.DATABASE_URL])
    threads = ThreadRegister(joined.lender)

    async def open_client(
        credentials: Credentials, limits: Limits, known: Acquaintance | None = None
    ) -> AutotaskClient:
        return await AutotaskClient.connect(
            credentials,
            entry_url=entry_url,
            allowed_hosts=allowed_hosts,
            limits=limits,
            known=known,
            threads=threads.of(credentials.username),
            on_request=count_autotask_request,
        )

    clock = SystemClock()

    def open_mirror() -> Warehouse:
        warehouse = open_warehouse(_warehouse_location(values))
        if not values[declared.DATABASE_URL]:
            # Whoever holds the embedded warehouse is alone with it: a sync that is still open was cut off.
            close_leftovers(clock.now())
        return warehouse

    return Parts(
        warehouse=LateWarehouse(open_mirror),
        clock=clock,
        vault=_secrets(values),
        jobs=DurableJobs(),
        open_client=open_client,
        entry_url=entry_url,
        refresh_seconds=values[declared.REFRESH_SECONDS],
        member=joined.member,
        proxy_doubts=joined.doubts,
    )


@dataclass(frozen=True)
class _Joined:
    """What this process shares with the others: its place among them, what it borrows, whose turn it is."""

    member: Membership
    doubts: Turns
    lender: LineLender | None = None


def _among_others(address: str) -> _Joined:
    """The processes over the PostgreSQL at `address`, which are not asked yet; nobody else without one."""
    from partner_portal.cluster.membership import Alone
    from partner_portal.lib.turns import Turns

    if not address:
        return _Joined(Alone(), Turns(1))
    from partner_portal.cluster.lending import LineLender
    from partner_portal.cluster.line import Line
    from partner_portal.cluster.member import Member, own_name
    from partner_portal.cluster.turns import SharedTurns

    name = own_name()
    line = Line(address, name)
    return _Joined(Member(name, line), SharedTurns(line, "proxy doubts"), LineLender(line))


def _warehouse_location(values: declared.Values) -> str:
    data_dir: Path = values[declared.DATA_DIR]
    return values[declared.DATABASE_URL] or str(data_dir / WAREHOUSE)


def _secrets(values: declared.Values) -> SecretSource:
    """Where the API credentials are kept, as PORTAL_VAULT says."""
    from partner_portal.vault.source import INTEGRATION_CODE, SECRET, USERNAME, EnvironmentSource
    from partner_portal.vault.vault import Vault

    match values[declared.VAULT]:
        case "environment":
            held = {
                USERNAME: values[declared.AUTOTASK_USERNAME],
                SECRET: values[declared.AUTOTASK_SECRET],
                INTEGRATION_CODE: values[declared.AUTOTASK_INTEGRATION_CODE],
            }
            return EnvironmentSource(held)
        case "aws":
            try:
                from partner_portal.vault.aws import AwsSource
            except ModuleNotFoundError:
                raise declared.SettingError(
                    "PORTAL_VAULT=aws needs the AWS SDK. Install it: pip install 'partner-portal[aws]'."
                ) from None
            return AwsSource(values[declared.AWS_SECRET_PREFIX])
    return Vault(keyring())


def existing_keyring() -> Keyring | None:
    """The vault's keys where there are any; none are made. Raises SettingError."""
    values = declared.current()
    there = values[declared.VAULT_KEYS] or (values[declared.DATA_DIR] / VAULT_KEY_FILE).exists()
    return keyring() if there else None


def keyring() -> Keyring:
    """The vault's keys; the first is made where there is none, also where the API credentials are kept elsewhere.

    Raises SettingError for a key that cannot be used.
    """
    from partner_portal.vault.sealing import Keyring, KeyUnusable, new_key

    values = declared.current()
    kept = values[declared.DATA_DIR] / VAULT_KEY_FILE
    keys = values[declared.VAULT_KEYS] or tuple(read_or_make(kept, new_key).split())
    try:
        return Keyring(keys)
    except KeyUnusable as unusable:
        raise declared.SettingError(str(unusable)) from None
