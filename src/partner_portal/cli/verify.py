"""`portal verify`: the mirror against Autotask's own counts."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from partner_portal.cli.failure import CommandFailed, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.organization import Slug
from partner_portal.cli.sync import Json, progress_bars

if TYPE_CHECKING:
    from partner_portal.usecases.verify_mirror import Verification

IDS_SHOWN = 10


def verify(organization: Slug = None, as_json: Json = False) -> None:
    """Compare each entity's count with Autotask's, settle what differs, and tell what could not be settled."""
    parts = opened_portal()
    from partner_portal.cli.organization import chosen_organization
    from partner_portal.usecases.verify_mirror import verify_mirror

    with progress_bars() as progress:
        verification = verify_mirror(parts, chosen_organization(organization), progress=progress)
    if as_json:
        sys.stdout.write(json.dumps(verification.document(), indent=2) + "\n")
    else:
        _tell(verification)
    if verification.findings:
        names = ", ".join(each.part.entity for each in verification.findings)
        raise CommandFailed(f"The mirror differs from Autotask in {names}. See the findings above or in --json.")
    if verification.unverified:
        problems = " | ".join(f"{each.part.entity}: {each.part.problem}" for each in verification.unverified)
        raise CommandFailed(f"Not everything could be compared. {problems}")


def _tell(verification: Verification) -> None:
    document = verification.document()
    for path, entity in document["entities"].items():
        if entity["at"] is None:
            say(f"{path:<14} not compared: {entity['problem'] or 'Autotask gave no count. Try again.'}")
            continue
        settled = f", {entity['removed']:,} removed, {entity['added']:,} added" * bool(
            entity["removed"] or entity["added"]
        )
        say(f"{path:<14} {entity['ours']:>9,} ours {entity['theirs']:>9,} in Autotask{settled}")
    for finding in document["findings"]:
        for kind, ids in (("only ours", finding["gone"]), ("only in Autotask", finding["missing"])):
            if ids:
                more = f" and {len(ids) - IDS_SHOWN:,} more" * (len(ids) > IDS_SHOWN)
                say(f"{finding['entity']}: {kind}: {', '.join(map(str, ids[:IDS_SHOWN]))}{more}")
        if finding["problem"]:
            say(f"{finding['entity']}: {finding['problem']}")
