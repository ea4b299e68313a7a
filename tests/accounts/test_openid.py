"""Logging in by OpenID Connect, against a real provider over HTTP: who gets in, and which answers get nobody in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from accounts.openid_provider import CLIENT_ID, LOGIN, TENANT, Provider, running_provider
from accounts.second_factors import App, is_logged_in
from partner_portal.accounts.id_token import Expected, IdTokenRefused, check_id_token, verified_email
from partner_portal.accounts.models import Person
from partner_portal.audit.models import Entry
from partner_portal.settings import declared
from partner_portal.settings.openid import openid_provider
from web.reading import read
from web.test_every_page import check

# authlib, which the provider uses, warns of its own ways
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, db):
    running.forge, running.discovery = None, {}
    running.exchanged.clear()
    with running.settings():
        yield running


@pytest.fixture
def viewer(member):
    return member("viewer")


def reason() -> str:
    entry = Entry.objects.get(action="identity.refused")
    assert (entry.result, entry.actor) == ("refused", "somebody")
    return entry.reason


def test_a_person_who_was_added_gets_in_by_a_verified_address(provider, viewer):
    client = Client()
    answer = provider.log_in(client, provider.know(email="Viewer@Acme.example"), "?next=/definitions/")
    assert (answer.status_code, answer["Location"]) == (302, "/definitions/")
    assert client.session["_auth_user_id"] == str(viewer.pk)
    assert Entry.objects.get(action="session.started").details == {"methods": ["socialaccount"]}
    assert Entry.objects.get(action="identity.linked").person_id == viewer.pk
    viewer.refresh_from_db()
    assert viewer.check_password("a long viewer password")


def test_afterwards_the_account_says_who_it_is_whatever_its_address_became(provider, viewer):
    provider.log_in(Client(), provider.know())
    client = Client()
    provider.log_in(client, provider.know(email="somebody@else.example", xms_edov=False))
    assert client.session["_auth_user_id"] == str(viewer.pk)


def test_the_visit_carries_state_nonce_and_a_challenge(provider, viewer):
    client = Client()
    visited = provider.visit(client)
    sent = {name: values[0] for name, values in parse_qs(urlsplit(visited).query).items()}
    assert visited.startswith(f"{provider.issuer}/")
    assert sent["client_id"] == CLIENT_ID
    assert sent["redirect_uri"] == "http://127.0.0.1:8000/accounts/oidc/company/login/callback/"
    assert sent["response_type"] == "code"
    assert sent["code_challenge_method"] == "S256"
    assert len(sent["state"]) >= 16
    assert len(sent["nonce"]) >= 32
    client.get(provider.answer(visited, provider.know()))
    verifier = provider.exchanged[0]["code_verifier"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert digest == sent["code_challenge"]


def test_what_the_browser_adds_to_the_visit_is_not_passed_on(provider):
    query = "?auth_params=prompt%3Dnone%26nonce%3Dmine&scope=Mail.Read&process=connect&next=https://evil.example/"
    client = Client()
    visited = provider.visit(client, query)
    assert "Mail.Read" not in visited
    assert "prompt" not in visited
    assert "nonce=mine" not in visited
    assert "evil.example" not in str(dict(client.session.items()))


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@acme.example"},
        {"xms_edov": False},
        {"xms_edov": False, "email_verified": False},
        {"xms_edov": None},
        {"email": None},
        {"email": ["viewer@acme.example"]},
        {"email": "viewer@acme.example ", "xms_edov": "no"},
    ],
)
def test_nobody_gets_in_by_an_address_that_is_unknown_or_not_vouched_for(provider, viewer, claims):
    client = Client()
    answer = provider.log_in(client, provider.know("stranger", **claims))
    assert answer.status_code == 403
    assert not is_logged_in(client)
    assert not SocialAccount.objects.exists()
    assert Person.objects.count() == 1


def test_the_answers_to_the_unknown_and_to_the_unverified_are_equal(provider, viewer):
    unknown = provider.log_in(Client(), provider.know("one", email="nobody@acme.example"))
    unverified = provider.log_in(Client(), provider.know("two", xms_edov=False))
    assert unknown.content == unverified.content
    check(read(unknown.content.decode()))


def test_an_address_that_was_given_to_somebody_else_takes_over_no_account(provider, viewer):
    provider.log_in(Client(), provider.know("ada-at-the-provider"))
    client = Client()
    provider.log_in(client, provider.know("eve-with-the-address-of-ada"))
    assert not is_logged_in(client)
    assert "another account" in reason()


def test_a_deactivated_person_does_not_get_in(provider, viewer):
    subject = provider.know()
    provider.log_in(Client(), subject)
    Person.objects.update(is_active=False)
    client = Client()
    provider.log_in(client, subject)
    assert not is_logged_in(client)


def test_the_second_factor_is_asked_for_all_the_same(provider, viewer):
    App(viewer)
    client = Client()
    answer = provider.log_in(client, provider.know())
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_logged_in(client)


def signed(claims, key=None, **headers):
    return jwt.encode(claims, key or rsa.generate_private_key(65537, 2048), algorithm="RS256", headers=headers)


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(token, claims):
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def without_signature(token, claims):
    return token.rpartition(".")[0] + "."


def signed_by_another(token, claims):
    kid = jwt.get_unverified_header(token).get("kid")
    return signed(claims, **({"kid": kid} if kid else {}))


def signed_with_what_is_public(token, claims):
    head = f"{part({'alg': 'HS256', 'kid': jwt.get_unverified_header(token).get('kid')})}.{part(claims)}"
    mac = hmac.new(b"the public key", head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def changed_after_signing(token, claims):
    head, _, signature = token.split(".")
    return f"{head}.{part(claims | {'email': 'viewer@acme.example'})}.{signature}"


FORGERIES = [
    unsigned,
    without_signature,
    signed_by_another,
    signed_with_what_is_public,
    changed_after_signing,
    lambda token, claims: "",
    lambda token, claims: "not.a.token",
    lambda token, claims: "é",
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_token_that_the_provider_did_not_sign_gets_nobody_in(provider, viewer, forge):
    provider.forge = forge
    client = Client()
    answer = provider.log_in(client, provider.know())
    assert provider.exchanged
    assert answer.status_code == 403
    assert not is_logged_in(client)
    assert "ID token" in reason()


# The provider writes these claims into tokens that it signs itself.
@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": "another-client"}, "udience"),
        ({"aud": [CLIENT_ID, "another-client"]}, "somebody else"),
        ({"azp": "another-client"}, "somebody else"),
        ({"iss": "https://login.microsoftonline.com/evil/v2.0"}, "issuer"),
        ({"tid": "99999999-2222-3333-4444-555555555555"}, "tenant"),
        ({"tid": None}, "tenant"),
        ({"exp": int(time.time()) - 3600}, "xpired"),
        ({"iat": int(time.time()) + 3600}, "iat"),
        ({"nonce": "of-another-log-in"}, "another log-in"),
    ],
)
def test_a_token_for_somebody_else_or_of_another_time_gets_nobody_in(provider, viewer, claims, said):
    client = Client()
    answer = provider.log_in(client, provider.know("wrong", **claims))
    assert answer.status_code == 403
    assert not is_logged_in(client)
    assert said in reason()


def test_an_answer_counts_once(provider, viewer):
    client = Client()
    back = provider.answer(provider.visit(client), provider.know())
    assert client.get(back).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 403
    assert not is_logged_in(client)


def test_an_answer_counts_in_the_browser_that_asked(provider, viewer):
    attacker, victim = Client(), Client()
    back = provider.answer(provider.visit(attacker), provider.know())
    provider.visit(victim)
    assert victim.get(back).status_code == 403
    assert not is_logged_in(victim)


@pytest.mark.parametrize(
    "query", ["", "?code=abc", "?state=abc", "?code=abc&state=abc", "?error=access_denied&state=x"]
)
def test_an_answer_that_nobody_asked_for_gets_nobody_in(provider, query):
    client = Client()
    assert client.get(f"{LOGIN}callback/{query}").status_code == 403
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://portal-secrets.example/token"},
        {"jwks_uri": "http://keys.example/"},
        {"authorization_endpoint": None},
    ],
)
def test_a_provider_that_tells_oddities_of_itself_is_not_visited(provider, told):
    provider.discovery = told
    assert Client().get(LOGIN).status_code == 403
    assert reason()


def test_a_provider_that_is_away_is_told_apart_from_a_fault(provider):
    with provider.settings() as _:
        provider.discovery = {"token_endpoint": "http://127.0.0.1:9/token"}
        client = Client()
        answer = provider.log_in(client, provider.know())
    assert answer.status_code == 403


def test_another_site_cannot_begin_a_log_in(provider):
    answer = Client().get(LOGIN, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer["Location"] == "/accounts/login/"


def test_a_person_without_a_password_confirms_at_the_provider(provider, viewer):
    viewer.set_unusable_password()
    viewer.save()
    client = Client()
    provider.log_in(client, provider.know())
    assert client.get("/accounts/reauthenticate/?next=/definitions/")["Location"].startswith("/accounts/oidc/confirm/")
    page = client.get("/accounts/oidc/confirm/?next=/definitions/").content.decode()
    check(read(page))
    assert "confirm=1&amp;next=%2Fdefinitions%2F" in page
    visited = provider.visit(client, "?confirm=1&next=/definitions/")
    assert "prompt=login" in visited
    assert "max_age=0" in visited
    assert client.get(provider.answer(visited, provider.know()))["Location"] == "/definitions/"


def test_a_provider_that_did_not_ask_again_confirms_nothing(provider, viewer):
    client = Client()
    old = provider.know(auth_time=int(time.time()) - 3600)
    provider.log_in(client, old)
    assert is_logged_in(client)
    assert provider.log_in(client, old, "?confirm=1").status_code == 403


def test_without_settings_no_provider_is_offered(db):
    for address in (LOGIN, f"{LOGIN}callback/", "/accounts/oidc/openid_connect/login/", "/accounts/oidc/github/login/"):
        assert Client().get(address).status_code == 404
    assert "oidc" not in Client().get("/accounts/login/").content.decode()


def test_the_log_in_page_offers_the_provider(provider):
    page = Client().get("/accounts/login/?next=/definitions/").content.decode()
    assert f'href="{LOGIN}?next=/definitions/"' in page


MICROSOFT = {
    "PORTAL_OIDC_ISSUER": f"https://login.microsoftonline.com/{TENANT}/v2.0",
    "PORTAL_OIDC_CLIENT_ID": "portal",
    "PORTAL_OIDC_CLIENT_SECRET": "secret",
    "PORTAL_OIDC_TENANT": TENANT,
}


class TestSettings:
    def test_microsoft_with_its_tenant_is_taken(self):
        provider = openid_provider(declared.read(MICROSOFT))
        [app] = provider["openid_connect"]["APPS"]
        assert app["settings"]["oauth_pkce_enabled"]

    @pytest.mark.parametrize(
        "other",
        [
            {"PORTAL_OIDC_ISSUER": "https://login.microsoftonline.com/common/v2.0"},
            {"PORTAL_OIDC_ISSUER": "https://login.microsoftonline.com/organizations/v2.0"},
            {"PORTAL_OIDC_ISSUER": "http://login.example.com/"},
            {"PORTAL_OIDC_ISSUER": "https://"},
            {"PORTAL_OIDC_TENANT": ""},
            {"PORTAL_OIDC_TENANT": "another"},
            {"PORTAL_OIDC_CLIENT_ID": ""},
            {"PORTAL_OIDC_CLIENT_SECRET": ""},
        ],
    )
    def test_half_a_configuration_stops_the_start(self, other):
        with pytest.raises(declared.SettingError):
            openid_provider(declared.read(MICROSOFT | other))


class TestToken:
    """What the provider over HTTP cannot be brought to write."""

    KEY = rsa.generate_private_key(65537, 2048)
    EXPECTED = Expected("https://issuer.example", "portal")

    def keys(self, **changes):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.KEY.public_key()))
        return {"keys": [public | {"kid": "one", "use": "sig"} | changes]}

    def claims(self, **changes):
        now = int(time.time())
        told = {
            "iss": "https://issuer.example",
            "aud": "portal",
            "sub": "ada",
            "iat": now,
            "exp": now + 60,
            "nonce": "n",
        }
        return {name: value for name, value in (told | changes).items() if value is not None}

    def test_a_good_one_is_believed(self):
        assert check_id_token(signed(self.claims(), self.KEY, kid="one"), self.keys(), self.EXPECTED)["sub"] == "ada"

    @pytest.mark.parametrize("missing", ["iss", "aud", "sub", "exp", "iat", "nonce"])
    def test_one_that_lacks_a_claim_is_not(self, missing):
        token = signed(self.claims(**{missing: None}), self.KEY, kid="one")
        with pytest.raises(IdTokenRefused):
            check_id_token(token, self.keys(), self.EXPECTED)

    @pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]}])
    def test_without_a_key_pair_s_key_nothing_is_believed(self, keys):
        with pytest.raises(IdTokenRefused):
            check_id_token(signed(self.claims(), self.KEY, kid="one"), keys, self.EXPECTED)

    def test_a_key_that_is_not_published_is_not_believed(self):
        with pytest.raises(IdTokenRefused):
            check_id_token(signed(self.claims(), self.KEY, kid="two"), self.keys(), self.EXPECTED)

    @pytest.mark.parametrize(
        ("claims", "email"),
        [
            ({"email": "Ada@Acme.example", "email_verified": True}, "ada@acme.example"),
            ({"email": "ada@acme.example", "xms_edov": "1"}, "ada@acme.example"),
            ({"email": "ada@acme.example"}, ""),
            ({"email": "ada@acme.example", "email_verified": "false", "xms_edov": 0}, ""),
            ({"preferred_username": "ada@acme.example", "xms_edov": True}, ""),
        ],
    )
    def test_an_address_counts_when_the_provider_vouches_for_it(self, claims, email):
        assert verified_email(claims) == email
