"""A passkey in a real browser with a virtual authenticator: added, logged in with, used to confirm, removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from journeys.demo import CHROMIUM_FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def browsing() -> Iterator[tuple[Page, list[str]]]:
    """A page whose browser has an authenticator, and what the page complained of."""
    with sync_playwright() as playwright:
        path = os.environ.get("PORTAL_TEST_BROWSER") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        page = browser.new_context().new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page, complaints
        browser.close()


def test_a_passkey_logs_in_without_a_password(live_server, parts, organization, member) -> None:
    person = member("viewer")
    with browsing() as (page, complaints):
        page.goto(f"{live_server.url}/accounts/login/?next=/accounts/2fa/webauthn/add/")
        page.fill("input[name=login]", person.email)
        page.fill("input[name=password]", "a long viewer password")
        page.press("input[name=password]", "Enter")

        page.fill("input[name=name]", "My laptop")
        page.click("#mfa_webauthn_add")
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        expect(page.locator(".codes li")).to_have_count(10)

        page.context.clear_cookies()
        page.goto(f"{live_server.url}/accounts/login/")
        page.click("#passkey_login")
        page.wait_for_url(f"{live_server.url}/")
        page.goto(f"{live_server.url}/accounts/2fa/webauthn/")
        expect(page.get_by_text("My laptop", exact=True)).to_be_visible()

        page.context.clear_cookies()
        page.goto(f"{live_server.url}/accounts/login/?next=/accounts/2fa/webauthn/")
        page.fill("input[name=login]", person.email)
        page.fill("input[name=password]", "a long viewer password")
        page.press("input[name=password]", "Enter")
        expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
        page.click("#mfa_webauthn_authenticate")
        expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()

        page.get_by_role("link", name="Remove My laptop").click()
        page.get_by_role("button", name="Remove the passkey").click()
        expect(page.get_by_text("You have none yet.")).to_be_visible()
        assert complaints == []
