from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.reports.links import Links
from partner_portal.reports.subject import LONGEST, subject_of


@pytest.mark.parametrize(
    ("title", "text", "subject"),
    [
        ("Renewal", "ignored", "Renewal"),
        (None, "First line\nSecond", "First line"),
        ("  ", "<p>&nbsp;</p>\r\n<p>Hello&nbsp;<b>there</b></p><p>more</p>", "Hello there"),
        (None, "a &lt; b &amp; c", "a < b & c"),
        (None, "<div>One<br/>Two</div>", "One"),
        (None, "<style>p {}</style><!-- note -->Text", "Text"),
        (None, "3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        (None, "cut off <a href='https://example", "cut off"),
        ("&lt;script&gt;", None, "<script>"),
        ("<b></b>", "fallback", "fallback"),
        (None, None, None),
        ("", "\n \n", None),
    ],
)
def test_a_subject_is_one_readable_line(title, text, subject):
    assert subject_of(title, text) == subject


def test_a_long_line_is_cut_with_a_sign():
    subject = subject_of(None, "x" * 500)
    assert subject is not None
    assert len(subject) == LONGEST
    assert subject.endswith("…")


@given(st.text(alphabet="ab<>/&;!-\n &lt;br", max_size=300))
def test_any_text_gives_a_short_line_or_none(text):
    subject = subject_of(None, text)
    assert subject is None or (0 < len(subject) <= LONGEST and "\n" not in subject)


def test_links_need_an_address_and_a_record():
    links = Links("https://ww5.example.test")
    assert links.company(0) == (
        "https://ww5.example.test/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenAccount&AccountID=0"
    )
    assert links.activity(5, 51) == links.opportunity(51) != links.company(5)
    assert links.activity(5, None) == links.company(5)
    assert links.activity(None, None) is None
    assert Links(None).company(5) is None
