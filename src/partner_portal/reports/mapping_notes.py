"""What a reader must know of a mapping beside its entries, in whole sentences."""

from __future__ import annotations

from collections.abc import Iterator

from partner_portal.reports.labels import stage_labels, status_labels
from partner_portal.reports.mapping import TenantMapping
from partner_portal.reports.sources import GUIDE, Ground


def mapping_notes(ground: Ground, in_force: TenantMapping, proposed: TenantMapping) -> Iterator[str]:
    """What is only proposed as long as nobody has confirmed a mapping; what is unmapped once somebody has."""
    if ground.tenant is None:
        return
    if in_force.is_confirmed:
        yield from unmapped_notes(ground, in_force)
        return
    yield "This mapping is proposed from labels; it is in force until an administrator confirms one."
    if proposed.excluded_companies:
        yield "The tenant's own company is proposed to be left out; it counts until an administrator confirms that."
    own = [
        entry
        for entry in status_labels(ground)
        if proposed.outcomes.get(entry.status) != in_force.outcomes.get(entry.status)
    ]
    if own:
        named = ", ".join(f'"{entry.label}" (id {entry.status})' for entry in own)
        yield f"What these statuses mean is proposed and not in force before an administrator confirms it: {named}."


def unmapped_notes(ground: Ground, mapping: TenantMapping) -> Iterator[str]:
    """One sentence for each stage of the picklist that a confirmed mapping leaves out, and for each such status."""
    if not mapping.is_confirmed:
        return
    names = {entry.stage: f'"{entry.label}" (id {entry.stage})' for entry in stage_labels(ground)}
    for stage, before in mapping.stages.inferred.items():
        if stage not in names:
            continue
        ranks = "has rank 0, as no mapped stage stands before it"
        if before is not None:
            ranks = f"ranks as {names.get(before, f'id {before}')} before it"
        yield f"Unmapped stage {names[stage]}: it {ranks}, until an administrator maps it."
    if ground.dialect == GUIDE:
        return
    for entry in status_labels(ground):
        if entry.status not in mapping.outcomes and entry.status not in mapping.neutral_statuses:
            yield (
                f'Unmapped status "{entry.label}" (id {entry.status}): its opportunities count neither as open, '
                "won nor lost, until an administrator maps it."
            )
