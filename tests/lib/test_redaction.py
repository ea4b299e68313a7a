"""Taking secrets out: whatever way they lie in what is about to be written."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.lib import redaction
from partner_portal.lib.redaction import STARS, KnownSecrets, is_secret_name, redacted, without_secrets

SECRET = 'p4$$ "wörd"/+\\x'


@pytest.fixture
def known() -> KnownSecrets:
    held = KnownSecrets()
    held.add(SECRET)
    return held


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        repr(SECRET)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_a_known_value_goes_in_every_form(known, written):
    cleaned = redacted(f"before {written} after", known)
    assert written not in cleaned
    assert cleaned.startswith("before " + STARS)
    assert cleaned.endswith("after")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://portal:hunter2hunter2@db:5432/portal is down",
        "GET https://ww1.example/x?apiSecret=hunter2hunter2&page=2",
        "headers {'ApiIntegrationcode': 'X', 'Secret': 'hunter2hunter2'}",
        'body {"integration_code": "hunter2hunter2"}',
        "Authorization: Bearer hunter2hunter2",
        "sent Basic aHVudGVyMmh1bnRlcjI=",
        "password=hunter2hunter2",
        "Cookie: csrftoken=hunter2hunter2",
        "token portal_hunter2hunter2hunter2hunter2hunter2 used",
        "recovery_codes: 'hunter2hunter2'",
    ],
)
def test_a_secret_is_known_by_its_shape(text):
    cleaned = redacted(text, KnownSecrets())
    assert "hunter2" not in cleaned
    assert "aHVudGVy" not in cleaned
    assert STARS in cleaned


@pytest.mark.parametrize("text", ["The report of acme took 3 s.", "https://ww1.example/x?page=2", "tokens", ""])
def test_other_words_stay(known, text):
    assert redacted(text, known) == text


def test_names_tell_at_any_depth(known):
    told = without_secrets(
        {"a": [{"X-Integration-Code": "x", "page": 2}, ("apiSecret", SECRET)], "password": None, "b": SECRET.encode()},
        known,
    )
    assert told == {"a": [{"X-Integration-Code": STARS, "page": 2}, ["apiSecret", STARS]], "password": None, "b": STARS}


def test_what_lies_too_deep_is_not_shown(known):
    deep = {"name": "harmless"}
    for _ in range(redaction.DEEPEST + 1):
        deep = {"in": deep}
    assert "harmless" not in json.dumps(without_secrets(deep, known))


@pytest.mark.parametrize("name", ["secret", "API_SECRET", "ApiIntegrationCode", "set-cookie", "csrfToken", "vaultKeys"])
def test_a_telling_name_is_told_in_any_spelling(name):
    assert is_secret_name(name)


def test_short_values_are_words_and_the_register_has_an_end(monkeypatch):
    monkeypatch.setattr(redaction, "MOST", 5)
    known = KnownSecrets()
    known.add("portal")
    assert known.without("portal") == "portal"
    for number in range(20):
        known.add(f"a long secret {number}")
    assert known.without("a long secret 19") == STARS
    assert known.without("a long secret 0") == "a long secret 0"
    assert "secret" not in repr(known)


@given(st.text(min_size=redaction.SHORTEST), st.text(), st.text())
def test_a_known_value_never_stays(secret, before, after):
    known = KnownSecrets()
    known.add(secret)
    if secret not in before + STARS + after:
        assert secret not in known.without(before + secret + after) or secret in f"{before}{STARS}{after}"


@given(st.text(alphabet="a-=:/@ 'password", max_size=3000))
def test_any_text_is_looked_through(text):
    assert isinstance(redacted(text, KnownSecrets()), str)
