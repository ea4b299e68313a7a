"""The warehouse is opened late, once, and given back only if it was opened."""

from __future__ import annotations

import pytest

from partner_portal.bootstrap.late_warehouse import LateWarehouse
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.warehouse.opening import open_warehouse
from partner_portal.warehouse.store import WarehouseLocked


def test_it_is_opened_once_and_when_first_looked_into() -> None:
    opened = []

    def opener():
        opened.append(open_warehouse(":memory:"))
        return opened[-1]

    late = LateWarehouse(opener)
    assert opened == []
    assert late.organization(OrganizationScope(1)).data_version() == 0
    assert late.open() is late.open()
    assert len(opened) == 1
    late.close()


def test_closing_what_was_never_opened_opens_nothing() -> None:
    def opener():
        raise WarehouseLocked("In use.")

    late = LateWarehouse(opener)
    late.close()
    with pytest.raises(WarehouseLocked):
        late.open()
