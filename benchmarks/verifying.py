"""`python -m benchmarks.verifying`: verify every organization of a portal, as `portal verify` does with one.

Prints what could not be settled as a JSON list of lines. A sync that is under way is waited for.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

PATIENCE_SECONDS = 120


def main() -> int:
    """Verify all."""
    from partner_portal.bootstrap import portal

    portal.prepare()
    parts = portal.parts()
    from partner_portal.organizations.models import Organization

    wrong = [line for organization in Organization.objects.order_by("pk") for line in _wrong(parts, organization)]
    portal.close()
    json.dump(wrong, sys.stdout)
    return 0


def _wrong(parts: Any, organization: Any) -> list[str]:
    from partner_portal.usecases.errors import SyncRuns
    from partner_portal.usecases.verify_mirror import verify_mirror

    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            verification = verify_mirror(parts, organization)
        except SyncRuns:
            if time.monotonic() > deadline:
                return [f"{organization.slug}: a sync never ended"]
            time.sleep(0.2)
        else:
            break
    left = [*verification.findings, *verification.unverified]
    return [f"{organization.slug}: {each.part.entity}: {each.part.problem or 'differs'}" for each in left]


if __name__ == "__main__":
    sys.exit(main())
