"""Pages become records: whatever form instants, amounts, keys and characters come in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner_portal.autotask.catalog import COMPANIES, CONTACTS, OPPORTUNITIES, RESOURCES, TIME_ENTRIES, Opportunity
from partner_portal.autotask.decoding import reader_of
from partner_portal.autotask.errors import AnswerCutShort, MalformedAnswer

DETAILS = {"count": 1, "requestCount": 500, "prevPageUrl": None, "nextPageUrl": None}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def page(row, entity=OPPORTUNITIES):
    """The rows of a page with `row`, given as an object or as its JSON text."""
    text = row if isinstance(row, str) else json.dumps(row)
    body = f'{{"items":[{text}],"pageDetails":{json.dumps(DETAILS)}}}'
    return reader_of(entity).page(body.encode(), entity.field_names).rows


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-06-09T05:04:03Z", utc(2026, 6, 9, 5, 4, 3)),
        ("2026-06-09T05:04:03", utc(2026, 6, 9, 5, 4, 3)),
        ("2026-06-09 05:04:03", utc(2026, 6, 9, 5, 4, 3)),
        ("2026-06-09T05:04Z", utc(2026, 6, 9, 5, 4)),
        ("2026-06-09T05:04:03.8Z", utc(2026, 6, 9, 5, 4, 3, 800_000)),
        ("2026-06-09T05:04:03.877Z", utc(2026, 6, 9, 5, 4, 3, 877_000)),
        ("2026-06-09T05:04:03.8771234", utc(2026, 6, 9, 5, 4, 3, 877_123)),
        ("2026-06-09T23:59:59.9999999Z", utc(2026, 6, 9, 23, 59, 59, 999_999)),
        ("9999-12-31T23:59:59.9999999", utc(9999, 12, 31, 23, 59, 59, 999_999)),
        ("0001-01-01T00:00:00", utc(1, 1, 1)),
        ("2026-06-09T05:04:03+02:00", utc(2026, 6, 9, 3, 4, 3)),
        ("2026-06-09T22:04:03.5-0500", utc(2026, 6, 10, 3, 4, 3, 500_000)),
        ("2026-06-09", utc(2026, 6, 9)),
    ],
)
def test_every_form_of_an_instant_comes_out_as_utc(written, meant) -> None:
    (row,) = page({"id": 1, "createDate": written})
    assert row.create_date == meant
    assert row.create_date.tzinfo is UTC


ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=-5))])
INSTANTS = st.datetimes(utc(1900, 1, 1).replace(tzinfo=None), utc(2200, 1, 1).replace(tzinfo=None), timezones=ZONES)


@settings(max_examples=40)
@given(st.lists(INSTANTS, min_size=1, max_size=4))
def test_an_instant_is_the_same_in_company_of_any_other(instants) -> None:
    rows = [{"id": number, "createDate": at.isoformat()} for number, at in enumerate(instants)]
    body = json.dumps({"items": rows, "pageDetails": DETAILS}).encode()
    read = reader_of(OPPORTUNITIES).page(body, ["id", "createDate"]).rows
    assert [row.create_date for row in read] == [at if at.tzinfo else at.replace(tzinfo=UTC) for at in instants]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1234.5", "1234.50"),
        ("1200", "1200.00"),
        ("0.1", "0.10"),
        ("1234.5650000000001", "1234.57"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("1e3", "1000.00"),
        ('"12.5"', "12.50"),
    ],
)
def test_money_is_decimal_and_rounded_to_cents(written, meant) -> None:
    (row,) = page(f'{{"id":1,"amount":{written}}}')
    assert str(row.amount) == meant
    (row,) = page(f'{{"Id":1,"Amount":{written}}}')
    assert str(row.amount) == meant


def test_hours_keep_four_places() -> None:
    (row,) = page('{"id":1,"hoursWorked":0.0833333}', TIME_ENTRIES)
    assert row.hours_worked == Decimal("0.0833")


def test_whole_numbers_may_be_written_with_a_fraction() -> None:
    (row,) = page('{"id":7.0,"stage":5.0,"probability":1e1}')
    assert (row.id, row.stage, row.probability) == (7, 5, 10)
    assert isinstance(row.stage, int)


def test_flags_and_numbers_stand_for_each_other() -> None:
    assert page('{"id":1,"isActive":true}', CONTACTS)[0].is_active == 1
    assert page('{"id":1,"isActive":0}', COMPANIES)[0].is_active is False


@pytest.mark.parametrize(
    ("keys", "entity"),
    [
        ('{"Id":1,"Title":"A","CompanyID":0}', OPPORTUNITIES),
        ('{"id":1,"Title":"A","companyid":0}', OPPORTUNITIES),
        ('{"ID":1,"TITLE":"A","COMPANYID":0}', OPPORTUNITIES),
    ],
)
def test_keys_are_understood_in_any_case(keys, entity) -> None:
    (row,) = page(keys, entity)
    assert row == Opportunity(id=1, title="A", company_id=0)


def test_an_envelope_is_understood_in_any_case() -> None:
    link = "https://webservices5.autotask.net/next"
    body = json.dumps({"Items": [{"id": 1}], "PageDetails": {"RequestCount": 50, "NextPageUrl": link}}).encode()
    read = reader_of(RESOURCES).page(body, ["id"])
    assert ([row.id for row in read.rows], read.page_size, read.next_url) == ([1], 50, link)


def test_unknown_fields_are_passed_over_and_absent_ones_are_null() -> None:
    (row,) = page('{"id":1,"userDefinedFields":[{"name":"x","value":null}],"new":{"a":[1]},"title":null}')
    assert row == Opportunity(id=1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\u0000b", "a\x00b"),
        (r"a\ud800b", "a\ufffdb"),
        (r"a\udc00", "a\ufffd"),
        (r"\ud83d\ude00", "😀"),
        ("Žluťoučký 株式会社", "Žluťoučký 株式会社"),
    ],
)
def test_odd_characters_do_not_spoil_a_page(written, meant) -> None:
    (row,) = page(f'{{"id":1,"title":"{written}","stage":4}}')
    assert (row.title, row.stage) == (meant, 4)
    row.title.encode()


def test_bytes_that_are_no_text_and_a_byte_order_mark_do_not_spoil_a_page() -> None:
    body = b'\xef\xbb\xbf{"items":[{"id":1,"title":"a\xffb"}],"pageDetails":{}}'
    assert reader_of(OPPORTUNITIES).page(body, ["id"]).rows[0].title == "a\ufffdb"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stage", '"Jane\'s own"'),
        ("stage", "1.5"),
        ("stage", "99999999999999999999.0"),
        ("stage", "[1]"),
        ("title", "5"),
        ("title", "{}"),
        ("amount", '"Jane"'),
        ("amount", '"NaN"'),
        ("amount", "1e400"),
        ("amount", "true"),
        ("createDate", '"Jane"'),
        ("createDate", '"2026-02-30T00:00:00Z"'),
        ("createDate", "1767225600"),
        ("createDate", '"0001-01-01T00:00:00+14:00"'),
    ],
)
def test_a_wrong_type_names_entity_and_field_but_not_the_value(field, value) -> None:
    with pytest.raises(MalformedAnswer, match=rf"Opportunities.*{field}") as caught:
        page(f'{{"id":1,"{field}":{value}}}')
    assert "Jane" not in str(caught.value)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"errors":["x"]}',
        b'{"items":null,"pageDetails":{}}',
        b'{"items":{},"pageDetails":{}}',
        b'{"items":[1],"pageDetails":{}}',
        b'{"items":[{"title":"no id"}],"pageDetails":{}}',
        b'{"items":[{"id":null}],"pageDetails":{}}',
        b'{"items":[]}',
    ],
)
def test_json_that_is_no_page_is_never_taken_for_an_empty_one(body) -> None:
    with pytest.raises(MalformedAnswer) as caught:
        reader_of(OPPORTUNITIES).page(body, ["id"])
    assert not caught.value.retryable


@settings(max_examples=30)
@given(st.data())
def test_a_body_cut_anywhere_is_never_taken_for_a_page(data) -> None:
    rows = [{"id": number, "title": "ü" * number, "amount": 1.5} for number in range(3)]
    body = json.dumps({"items": rows, "pageDetails": DETAILS}).encode()
    with pytest.raises(AnswerCutShort):
        reader_of(OPPORTUNITIES).page(body[: data.draw(st.integers(0, len(body) - 1))], ["id"])


@pytest.mark.parametrize("body", [b"<html>503</html>", b"", b'{"items":[NaN],"pageDetails":{}}', b"[" * 100_000])
def test_what_is_no_json_may_be_asked_for_again(body) -> None:
    with pytest.raises(AnswerCutShort) as caught:
        reader_of(OPPORTUNITIES).page(body, ["id"])
    assert caught.value.retryable
