from __future__ import annotations

import pytest

from partner_portal.reports.sources import LIVE, READ
from partner_portal.usecases.reconciled import is_reconciled
from partner_portal.warehouse.store import Reconciliation
from reports.stocked import READ_AT


@pytest.mark.parametrize(
    ("compared", "theirs", "expected"),
    [(READ[LIVE], 5, True), (READ[LIVE], 6, False), (READ[LIVE][1:], 5, False), ((), 5, False)],
)
def test_all_that_the_report_reads_must_have_agreed(parts, organization, store, compared, theirs, expected):
    held = parts.warehouse.organization(organization.scope)
    for path in compared:
        held.keep_reconciliation(Reconciliation(path, READ_AT, 5, theirs))
    assert is_reconciled(parts, organization) is expected
