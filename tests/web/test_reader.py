from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.web.reader import ReadersLocale
from partner_portal.web.view import formats
from partner_portal.web.view.reader import AMERICAN, locale, locale_of, written_for

TODAY = date(2026, 11, 23)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("", "en_US"),
        ("*", "en_US"),
        ("no language at all", "en_US"),
        ("en", "en_US"),
        ("en-GB,en;q=0.9", "en_GB"),
        ("de", "en_DE"),
        ("de-at, en-US;q=0.8", "en_AT"),
        ("en-US;q=0.3, fr-CH;q=0.7", "en_CH"),
        ("zh-Hant-TW", "en_001"),
        ("ja", "en_001"),
        ("en-US-x-gb", "en_US"),
    ],
)
def test_the_region_of_the_language_asked_for_first_decides(asked, name):
    assert str(locale_of(asked)) == name


@given(st.text(max_size=60))
def test_no_header_is_too_odd(asked):
    with written_for(locale_of(asked)):
        assert "234" in formats.number(1234)


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        ("en-US", ["1,234.5", "$1,234.50", "12.5%", "Nov 3", "Nov 1 – 30", "Tue, Nov 3", "November 2026"]),
        ("en-GB", ["1,234.5", "US$1,234.50", "12.5%", "3 Nov", "1–30 Nov", "Tue 3 Nov", "November 2026"]),
        (
            "de-DE",
            ["1.234,5", f"1.234,50{SPACE}US$", f"12,5{SPACE}%", "3 Nov", "1–30 Nov", "Tue, 3 Nov", "November 2026"],
        ),
    ],
)
def test_numbers_money_and_dates_are_written_as_in_the_readers_region(asked, texts):
    day = date(2026, 11, 3)
    with written_for(locale_of(asked)):
        assert [
            formats.number(Decimal("1234.5"), 1),
            formats.money("1234.50", "USD", 2),
            formats.rate("0.125", 1),
            formats.day(day, TODAY),
            formats.span(date(2026, 11, 1), date(2026, 11, 30), TODAY),
            formats.weekday(day, TODAY),
            formats.month(day),
        ] == texts


def answered(asked: str, content: type[HttpResponse] = HttpResponse) -> tuple[HttpResponse, str]:
    """The answer to a browser that asks for `asked`, and the locale that its page was told."""
    request = RequestFactory().get("/", headers={"Accept-Language": asked})
    response = ReadersLocale(lambda _: content({"locale": str(locale())}))(request)
    return response, request.reader


def test_a_page_is_written_for_its_reader_and_kept_for_nobody_else():
    response, told = answered("de-AT")
    assert told == "en-AT"
    assert response["Vary"] == "Accept-Language"
    assert locale() == AMERICAN


def test_what_is_not_read_by_people_is_the_same_for_all():
    response, _ = answered("de-AT", JsonResponse)
    assert not response.has_header("Vary")


def test_pages_of_accounts_write_instants_alike():
    template = engines["django"].from_string("{% load reading %}{{ at|instant_utc }} {{ at|day_utc }}")
    with written_for(locale_of("en-GB")):
        text = template.render({"at": datetime(2026, 11, 3, 9, 42, tzinfo=UTC)})
    assert ">3 November 2026, 09:42 UTC</time>" in text
    assert text.endswith(">3 November 2026</time>")
    assert 'datetime="2026-11-03T09:42:00Z" title="Tuesday, 3 November 2026, 09:42 (UTC)"' in text
