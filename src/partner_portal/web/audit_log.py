"""Settings > Audit log: what was done in the organization, by whom, from where; and the same as a file."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.bootstrap.headers import download
from partner_portal.reports.question import QuestionError, day_from, id_from
from partner_portal.usecases.audit_log import ACTIONS, RESULTS, Wanted, export_audit, read_audit
from partner_portal.usecases.errors import InputRefused
from partner_portal.web.access import Visit, organization_page
from partner_portal.web.frame import show
from partner_portal.web.view.audit_log import action_name, audit_rows

PAGE = "audit_log"


@require_GET
@cache_control(private=True, no_store=True)
@organization_page
def audit_log(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The organization's own entries, newest first, filtered as the URL says."""
    wanted, problem = Wanted(), ""
    try:
        wanted = _wanted(request)
        page = id_from(request.GET.get("page") or "1") or 0
        found = read_audit(visit.parts, visit.organization, wanted, page=page, actor=visit.actor)
    except (InputRefused, QuestionError) as wrong:
        wanted, problem = Wanted(), str(wrong)
        found = read_audit(visit.parts, visit.organization, actor=visit.actor)
    here = visit.address(PAGE)
    asked = _query(wanted)
    now, zone = visit.parts.clock.now(), ZoneInfo(visit.organization.time_zone)
    context: dict[str, Any] = {
        **found,
        "entries": audit_rows(found["entries"], now, zone),
        "unusual": audit_rows(found["unusual"], now, zone),
        "wanted": wanted,
        "actions": [(action, action_name(action)) for action in ACTIONS],
        "results": RESULTS,
        "problem": problem,
        "here": here,
        "newer": f"{here}?{urlencode(asked | {'page': found['page'] - 1})}" if found["page"] > 1 else "",
        "older": f"{here}?{urlencode(asked | {'page': found['page'] + 1})}" if found["page"] < found["pages"] else "",
        "file": f"{visit.address('audit_file')}?{urlencode(asked)}",
    }
    return show(request, visit, PAGE, "web/audit_log.html", context, status=400 if problem else 200)


@require_GET
@organization_page
def audit_file(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The same entries as a CSV file, with their hashes."""
    try:
        file = export_audit(visit.parts, visit.organization, _wanted(request), actor=visit.actor)
    except (InputRefused, QuestionError) as wrong:
        return HttpResponse(f"{wrong}\n", status=400, content_type="text/plain; charset=utf-8")
    return download(file)


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    return Wanted(
        actor=asked.get("actor", ""),
        action=asked.get("action", ""),
        result=asked.get("result", ""),
        start=_day(asked.get("from", "")),
        end=_day(asked.get("to", "")),
        unusual=_yes("unusual", asked.get("unusual", "")),
    )


def _day(text: str) -> date | None:
    return day_from(text) if text else None


def _yes(name: str, text: str) -> bool:
    if text not in {"", "yes"}:
        raise InputRefused(name, f"{name} is yes, or left out.")
    return text == "yes"


def _query(wanted: Wanted) -> dict[str, Any]:
    names = {"start": "from", "end": "to"}
    return {names.get(name, name): value for name, value in wanted.document().items()}
