"""Access tokens: a person's own keys for programs, made, listed and revoked."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.tokens import NewToken
from partner_portal.reports.question import id_from
from partner_portal.usecases.access_tokens import Scope, TokenUnknown, add_token, list_tokens, revoke_token
from partner_portal.usecases.errors import InputRefused
from partner_portal.web.access import Visit, go_to, organization_page
from partner_portal.web.frame import show
from partner_portal.web.reauthentication import confirmation
from partner_portal.web.view.access_tokens import token_rows

PAGE = "access_tokens"
LIVES = ((30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "365 days"))


@sensitive_variables("new")
@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@organization_page
def access_tokens(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the tokens; on POST make one, whose key this one answer shows, or revoke one."""
    if request.method == "GET":
        return _page(request, visit)
    if answer := confirmation(request):
        return answer
    try:
        if request.POST.get("act") != "make":
            revoke_token(visit.parts, visit.organization, id_from(request.POST.get("id", "")) or 0, actor=visit.actor)
            messages.success(request, "The token was revoked; its key is refused from now on.")
            return go_to(request, visit.address(PAGE))
        new = add_token(
            visit.parts,
            visit.organization,
            name=request.POST.get("name", ""),
            scopes=request.POST.getlist("scope"),
            days=id_from(request.POST.get("days", "")) or 0,
            actor=visit.actor,
        )
    except (InputRefused, TokenUnknown) as refused:
        return _page(request, visit, problem=str(refused), status=422)
    # in this answer only: a message or a redirect would write the key into the session
    return _page(request, visit, new=new)


@sensitive_variables("new")
def _page(
    request: HttpRequest, visit: Visit, *, new: NewToken | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    held = list_tokens(visit.organization, actor=visit.actor)
    context: dict[str, Any] = {
        "problem": problem,
        "new_key": new.key if new else "",
        "tokens": token_rows(held, visit.parts.clock.now(), ZoneInfo(visit.organization.time_zone)),
        "scopes": list(Scope),
        "lives": LIVES,
        "here": visit.address(PAGE),
    }
    return show(request, visit, PAGE, "web/access_tokens.html", context, status=status)
