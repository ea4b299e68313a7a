"""What a page prints once for many: found again for the same, printed anew for anything else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from babel import Locale
from django.utils.html import conditional_escape
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.lib.clock import FixedClock
from partner_portal.lib.kept_answers import KeptAnswers
from partner_portal.web.kept_parts import Part, kept_part
from partner_portal.web.view.reader import written_for
from web import sample
from web.conftest import browser, page

NOW = sample.NOW.replace(second=10)
MADE_OF = ["page.html", "tag", {"links": "/"}]


class Writer:
    """Writes a part, and counts how often."""

    def __init__(self, *turns: int) -> None:
        self.times = 0
        self.turns = [NOW + timedelta(seconds=turn) for turn in turns]

    def __call__(self, now) -> Part:
        self.times += 1
        texts = {"title": "Smith & <Sons>", "bar": "<p>bar</p>", "report": f"<p>number {self.times}</p>"}
        return Part(texts, next((turn for turn in self.turns if turn >= now), None))


@pytest.fixture
def kept():
    return KeptAnswers()


def shown(kept, write, *, made_of=MADE_OF, now=NOW, is_so=True):
    return kept_part(kept, made_of, now, write, is_so=lambda: is_so)["report"]


def test_the_same_is_written_once(kept):
    write = Writer()
    assert shown(kept, write) == shown(kept, write, now=NOW + timedelta(hours=3)) == "<p>number 1</p>"


def test_what_holds_for_a_time_is_written_anew_after_it_and_once_again(kept):
    write = Writer(60, 120)
    seen = [shown(kept, write, now=NOW + timedelta(seconds=at)) for at in (0, 60, 61, 120, 121, 500)]
    assert seen == [f"<p>number {number}</p>" for number in (1, 1, 2, 2, 3, 3)]


@given(st.lists(st.integers(0, 50)), st.lists(st.integers(0, 60)))
def test_whatever_the_order_of_looks_and_turns_nothing_outlives_its_time(turns, looks):
    kept, write, held = KeptAnswers(), Writer(*sorted(turns)), {}
    for at in sorted(looks):
        now = NOW + timedelta(seconds=at)
        text = shown(kept, write, now=now)
        passed = sum(turn < at for turn in set(turns))
        assert held.setdefault(text, passed) == passed, "a turn passed, and the text is the same"


def test_an_appointment_that_is_over_is_told_to_be(report, connected, viewer, parts):
    connected((3, "done"))
    first = report.document["appointments"]["upcoming"][0]
    client = browser(viewer)
    begins, ends = (datetime.fromisoformat(first[name]) for name in ("starts_at", "ends_at"))
    told = []
    for at in (begins, begins + timedelta(seconds=1), ends + timedelta(seconds=1)):
        object.__setattr__(parts, "clock", FixedClock(at))
        told.append(client.get("/").content.decode())
    assert told[0].count("Over ·") == told[1].count("Over ·") == told[2].count("Over ·") - 1


@pytest.mark.parametrize("place", range(len(MADE_OF)))
def test_whatever_it_is_made_of_makes_another(kept, place):
    write = Writer()
    shown(kept, write)
    other = [*MADE_OF[:place], "other", *MADE_OF[place + 1 :]]
    assert shown(kept, write, made_of=other) == "<p>number 2</p>"


def test_another_locale_is_written_for_itself(kept):
    write = Writer()
    shown(kept, write)
    with written_for(Locale("en", "DE")):
        assert shown(kept, write) == "<p>number 2</p>"


def test_what_was_written_while_the_data_moved_is_shown_and_not_kept(kept):
    write = Writer()
    assert shown(kept, write, is_so=False) == "<p>number 1</p>"
    assert shown(kept, write) == "<p>number 2</p>"


def test_only_what_templates_printed_counts_as_markup(kept):
    part = kept_part(kept, MADE_OF, NOW, Writer(), is_so=lambda: True)
    assert conditional_escape(part["bar"]) == "<p>bar</p>"
    assert conditional_escape(part["title"]) == "Smith &amp; &lt;Sons&gt;"


def test_a_report_is_printed_once_for_all_who_may_see_the_same(report, connected, member):
    connected((3, "done"))
    first = page(browser(member("manager"))).figures()
    asked = len(report.asked)
    assert page(browser(member("administrator"))).figures() == first
    assert len(report.asked) > asked, "another role is another page"
    asked = len(report.asked)
    assert page(browser(member("manager", "another"))).figures() == first
    assert len(report.asked) == asked


def test_who_may_not_see_records_gets_no_way_to_them_from_another_ones_page(report, connected, member):
    connected((3, "done"))
    for role, ways in (("manager", True), ("viewer", False), ("representative", True)):
        found = page(browser(member(role)))
        assert any("/records/" in (link["href"] or "") for link in found.all("a")) is ways


def test_names_that_an_owner_has_are_printed_as_text(report, connected, viewer):
    connected((3, "done"))
    report.document["by_owner"][0]["owner"]["name"] = "<i>Eve</i>"
    client = browser(viewer)
    for _ in range(2):
        assert "<i>Eve" not in client.get("/").content.decode()
