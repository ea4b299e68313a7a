from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from partner_portal.reports.rendering.tables import Kind
from partner_portal.reports.rendering.wording import change, printable, shortened, shown, storable

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (3, 2, "+50%"),
        (1, 2, "-50%"),
        (2, 2, "+0%"),
        (5, 0, "new"),
        (0, 0, "--"),
        (0, 4, "-100%"),
        (None, 3, "--"),
        (3, None, "--"),
        ("150.00", "100.00", "+50%"),
        ("50.00", "-100.00", "+150%"),
    ],
)
def test_changes(now, before, text):
    assert change(now, before) == text


@pytest.mark.parametrize(("now", "before", "text"), [(0.5, 0.25, "+25.0 points"), (0.5, 0, "+50.0 points")])
def test_rates_change_in_points(now, before, text):
    assert change(now, before, Kind.PERCENT) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Kind.MONEY, "--"),
        (12431, Kind.INTEGER, "12,431"),
        (12431, Kind.ID, "12431"),
        ("-1234567.80", Kind.MONEY, "-1,234,567.80"),
        (0.7234, Kind.PERCENT, "72.3%"),
        (31.26, Kind.DAYS, "31.3"),
        (True, Kind.FLAG, "yes"),
        ("2026-11-21T23:30:00Z", Kind.INSTANT, "2026-11-22 00:30"),
        ("2026-11-21", Kind.DATE, "2026-11-21"),
        ("this_month", Kind.CODE, "this month"),
        ("soon", Kind.INSTANT, "soon"),
        ("0001-01-01T00:00:00+14:00", Kind.INSTANT, "0001-01-01T00:00:00+14:00"),
        ("many", Kind.INTEGER, "many"),
        (float("nan"), Kind.PERCENT, "nan"),
    ],
)
def test_values_read_as_people_write_them(value, kind, text):
    assert shown(value, kind, BERLIN) == text


def test_only_what_no_file_holds_is_replaced():
    assert storable("a\x00b\ud800c\td\ne") == "a\ufffdb\ufffdc\td\ne"
    assert storable("שרה 山田 \u200e") == "שרה 山田 \u200e"


def test_a_printed_text_is_one_line_that_turns_no_direction():
    assert printable("a\r\n\tb\u202ec") == "a b c"


def test_a_cut_shows():
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
