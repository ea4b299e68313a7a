"""Settings > Mapping: what the tenant's action types, stages and statuses mean, tried before it is saved.

Whoever chose while somebody else saved loses nothing: both changes are joined, shown and tried, and saved on request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from partner_portal.accounts.policy import Act, require
from partner_portal.reports.question import id_from
from partner_portal.usecases.errors import InputRefused, MappingStale, NothingRead
from partner_portal.usecases.mapping import MappingError, preview_mapping, read_mapping, save_mapping
from partner_portal.usecases.mapping_history import JoinedChange, join_change, mapping_history
from partner_portal.usecases.mapping_names import find_company, name_excluded
from partner_portal.web.access import Visit, go_to, organization_page
from partner_portal.web.frame import show
from partner_portal.web.mapping_choices import chosen_document
from partner_portal.web.view.mapping import mapping_view
from partner_portal.web.view.mapping_preview import others_changes, preview_view, version_rows
from partner_portal.web.view.mapping_words import names_of

PAGE = "mapping"


@dataclass
class _Shown:
    """What one answer shows besides the mapping: choices, their preview, what others changed, a refusal, a status."""

    chosen: Mapping[str, Any] | None = None
    preview: Mapping[str, Any] | None = None
    joined: JoinedChange | None = None
    company: str = ""
    refusal: str = ""
    status: int = 200


@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
@organization_page
def mapping(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the mapping; on POST do what `action` says: save, or preview."""
    listing = read_mapping(visit.parts, visit.organization, actor=visit.actor)
    if request.method == "GET":
        return _page(request, visit, listing, _Shown())
    require(visit.actor, Act.SET_MAPPING, visit.organization)
    shown = _Shown(
        chosen_document(request.POST, _base(listing, may_set=True)), company=request.POST.get("other_company", "")
    )
    try:
        change = _change(request, visit, shown)
        if request.POST.get("action") == "save":
            version = save_mapping(visit.parts, visit.organization, change, actor=visit.actor)
            messages.success(request, f"Version {version} of the mapping is in force.")
            return go_to(request, visit.address(PAGE))
        shown.preview = preview_mapping(visit.parts, visit.organization, change, actor=visit.actor)
    except MappingStale:
        return _joined_page(request, visit, shown, change)
    except (InputRefused, MappingError, NothingRead) as refused:
        shown.refusal, shown.status = str(refused), 422
    return _page(request, visit, listing, shown)


def _change(request: HttpRequest, visit: Visit, shown: _Shown) -> dict[str, Any]:
    """What is asked for, as use cases take it; `shown` gets the company that was added."""
    based_on = id_from(request.POST.get("based_on", ""))
    if based_on is None:
        raise InputRefused("based_on", "It is not clear which mapping this changes. Load the page again.")
    chosen = dict(shown.chosen or {})
    if shown.company.strip():
        company = find_company(visit.parts, visit.organization, shown.company, actor=visit.actor)
        chosen["excluded_companies"] = sorted({*chosen["excluded_companies"], company})
        shown.chosen, shown.company = chosen, ""
    return {"based_on": based_on, "mapping": chosen}


def _joined_page(request: HttpRequest, visit: Visit, shown: _Shown, change: dict[str, Any]) -> HttpResponse:
    """Somebody else saved first: show both changes as one, tried on the version in force now."""
    shown.status = 409
    try:
        shown.joined = join_change(visit.parts, visit.organization, change, actor=visit.actor)
        shown.chosen = shown.joined.change["mapping"]
        shown.preview = preview_mapping(visit.parts, visit.organization, shown.joined.change, actor=visit.actor)
    except (MappingError, MappingStale) as refused:
        shown.refusal = str(refused)
    return _page(request, visit, read_mapping(visit.parts, visit.organization, actor=visit.actor), shown)


def _base(listing: Mapping[str, Any], *, may_set: bool) -> Mapping[str, Any]:
    """What the form starts from: the mapping in force; for whoever may confirm one, the proposal until somebody has."""
    document: Mapping[str, Any] = listing["proposed" if may_set and not listing["is_confirmed"] else "in_force"]
    return document


def _page(request: HttpRequest, visit: Visit, listing: Mapping[str, Any], shown: _Shown) -> HttpResponse:
    may_set = visit.may(Act.SET_MAPPING)
    chosen = shown.chosen or _base(listing, may_set=may_set)
    history = mapping_history(visit.organization, actor=visit.actor)
    excluded = _named_excluded(visit, listing, chosen, history)
    names = names_of(listing, excluded)
    preview = preview_view(shown.preview, names, visit.organization.currency) if shown.preview else None
    theirs = (shown.joined.before, shown.joined.after) if shown.joined else None
    context: dict[str, Any] = {
        "here": visit.address(PAGE),
        "links": {"connection": visit.address("connection")},
        "is_read": listing["dialect"] is not None,
        "may_set": may_set,
        "mapping": mapping_view(listing, chosen, excluded),
        "notes": listing["notes"],
        "preview": preview,
        "others": others_changes(theirs, preview.differences if preview else (), names) if theirs else None,
        "versions": version_rows(history, names, visit.parts.clock.now(), ZoneInfo(visit.organization.time_zone)),
        "company": shown.company,
        "refusal": shown.refusal,
    }
    return show(request, visit, PAGE, "web/mapping.html", context, status=shown.status)


def _named_excluded(
    visit: Visit, listing: Mapping[str, Any], chosen: Mapping[str, Any], history: list[dict[str, Any]]
) -> dict[str, Any]:
    """The names of all companies that the page mentions, and of every resource."""
    mentioned = {*chosen["excluded_companies"], *(entry["id"] for entry in listing["companies"])}
    for version in history:
        for side in ("before", "after"):
            mentioned.update((version[side] or {}).get("excluded_companies", ()))
    return name_excluded(visit.parts, visit.organization, mentioned, actor=visit.actor)
