"""The pages to look at in a browser, and those that differ from state to state."""

from __future__ import annotations

PAGES = {
    # by path, or by "path > selector": the first link there that the selector finds
    "sales-report": "/",
    "sales-report-last-month": "/?period=last_month",
    "sales-report-nothing": "/?period=custom&from=1999-01-01&to=1999-01-31",
    "activity": "/activity/",
    "activity-year": "/activity/?period=this_year",
    "appointments": "/appointments/",
    "appointments-year": "/appointments/?period=this_year",
    "pipeline": "/pipeline/",
    "owners": "/people/",
    "owner": "/people/ > main tbody a[href*='/people/']",
    "records": "/records/calls/",
    "records-of-deals": "/records/won_amount/",
    "records-nothing": "/records/calls/?period=custom&from=1999-01-01&to=1999-01-31",
    "data-health": "/data-health/",
    "records-narrowed": "/records/open_amount/?owner=nobody&search=a",
    "records-not-found": "/records/calls/?search=there-is-no-such-call",
    "records-moved": "/records/won_amount/?version=1&period=last_12_months",
    "definitions": "/definitions/",
    "connection": "/settings/connection/",
    "mapping": "/settings/mapping/",
    "calendar": "/settings/calendar/",
    "teams": "/settings/teams/",
    "people": "/settings/people/",
    "audit": "/settings/audit/",
    "tokens": "/account/tokens/",
    "account": "/accounts/",
    "sessions": "/accounts/sessions/",
    "second-factors": "/accounts/2fa/",
}
STATEFUL = (
    *("sales-report", "activity", "appointments", "pipeline", "owners", "records"),
    *("data-health", "connection", "mapping"),
)
"""The pages that look different from state to state."""


def pages_of(state: str) -> dict[str, str]:
    """The pages to look at in a state, by their name in it."""
    if state == "normal":
        return PAGES
    return {state if name == "sales-report" else f"{state}-{name}": PAGES[name] for name in STATEFUL}
