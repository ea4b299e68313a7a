from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.lib.money import money


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.5", "1234.50"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("-0.001", "0.00"),
        ("-12.3", "-12.30"),
        ("0.125", "0.12"),
        ("0.135", "0.14"),
        ("1E+3", "1000.00"),
        ("12345678901234567890123456789012.345", "12345678901234567890123456789012.34"),
    ],
)
def test_money_has_two_decimals(amount: str, text: str):
    assert money(Decimal(amount)) == text


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=2))
def test_money_in_cents_loses_nothing(amount: Decimal):
    assert Decimal(money(amount)) == amount
