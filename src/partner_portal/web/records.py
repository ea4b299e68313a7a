"""The records behind a number: where every figure, bar and cell leads; and the same as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from partner_portal.bootstrap.headers import download
from partner_portal.usecases.choices import choices_of
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.names import resource_names
from partner_portal.usecases.records import (
    LONGEST_SEARCH,
    RECORDS_FORMATS,
    DataMoved,
    MetricUnknown,
    export_records,
    read_records,
)
from partner_portal.usecases.sales_report import QuestionError
from partner_portal.web.access import Visit, is_partial, organization_page
from partner_portal.web.frame import HOME, NAVIGATION, show
from partner_portal.web.view.filters import FilterWrong
from partner_portal.web.view.record_query import RecordQuery, read_record_query
from partner_portal.web.view.records import PAGE_LENGTH, Names, records_page

PAGE, FILE = "records", "records_file"
FORM = "records-find"
ABOVE = {"owner": "owners"}
"""A person's page, whose way back is the list of people: with the owner among its filters that leads to the person."""
_WITHOUT_FIGURES = ("definitions", "connection")
_SOURCES = {name: title for name, title in NAVIGATION if name not in _WITHOUT_FIGURES}
"""The pages that lead here."""


@require_GET
@cache_control(private=True, no_cache=True)
@organization_page
def records(request: HttpRequest, visit: Visit, metric: str) -> HttpResponse:
    """The records of `metric` for the filters of the URL; those of now where the data of the number is no more.

    What cannot be listed is explained above the usual list, with status 400.
    """
    try:
        query, problem, (document, moved) = _asked(request, visit, metric)
    except MetricUnknown as unknown:
        raise Http404(str(unknown)) from None
    query = replace(query, came_from=_came_from(request, query))
    here = visit.address(PAGE, metric=metric)
    back = query.came_from or HOME
    page = records_page(document, query, here, visit.parts.clock.now(), _names(visit, query))
    context: dict[str, Any] = {
        "title": f"{page.title}: records",
        "page": page,
        "problem": problem,
        "moved": moved,
        "back": {"name": _SOURCES[back], "href": visit.address(back) + query.filters.query()},
        "definition": f"{visit.address('definitions')}#{page.slug}",
        "here_path": here,
        "form": FORM,
        "longest_search": LONGEST_SEARCH,
        "files": [(name.upper(), _file(visit, metric, query, name)) for name in RECORDS_FORMATS],
    }
    response = show(request, visit, back, "web/records.html", context, status=400 if problem else 200)
    if is_partial(request):
        is_search = request.headers.get("HX-Source", "").endswith(f"#{FORM}")
        response["HX-Replace-Url" if is_search else "HX-Push-Url"] = here + query.query()
    return response


@require_GET
@organization_page
def records_file(request: HttpRequest, visit: Visit, metric: str, format_name: str) -> HttpResponse:
    """All records of `metric` for the filters of the URL as a file, in the order asked for."""
    try:
        query = read_record_query(request.GET)
        page, asked = replace(query, version=None).listing(PAGE_LENGTH), query.filters.asked()
        file = export_records(visit.parts, visit.organization, metric, format_name, page, actor=visit.actor, **asked)
        return download(file)
    except MetricUnknown as unknown:
        raise Http404(str(unknown)) from None
    except (FilterWrong, QuestionError, InputRefused) as wrong:
        return HttpResponse(f"{wrong}\n", status=400, content_type="text/plain; charset=utf-8")


Listed = tuple[dict[str, Any], str]
"""A document, and what to say where it is of other data than the number that was followed."""


def _asked(request: HttpRequest, visit: Visit, metric: str) -> tuple[RecordQuery, str, Listed]:
    """What the URL asks for, or the usual list with the reason why not. Raises MetricUnknown."""
    try:
        query = read_record_query(request.GET)
        return query, "", _read(visit, metric, query)
    except MetricUnknown:
        raise
    except (FilterWrong, QuestionError) as wrong:
        return RecordQuery(), str(wrong), _read(visit, metric, RecordQuery())


def _read(visit: Visit, metric: str, query: RecordQuery) -> Listed:
    asked = query.filters.asked()

    def read(query: RecordQuery) -> dict[str, Any]:
        page = query.listing(PAGE_LENGTH)
        return read_records(visit.parts, visit.organization, metric, page, actor=visit.actor, **asked)

    try:
        return read(query), ""
    except DataMoved as moved:
        said = f"The data has moved on from version {moved.asked} to {moved.held} since the number was shown."
        return read(replace(query, version=None)), f"{said} These are the records of now."


def _names(visit: Visit, query: RecordQuery) -> Names:
    """What the ids that the list is narrowed to are called."""
    filters = query.filters
    if not filters.is_narrowed():
        return Names()
    choices = choices_of(visit.parts, visit.organization, filters.company_id, actor=visit.actor)
    owner = resource_names(visit.parts, visit.organization).get(filters.owner) if isinstance(filters.owner, int) else ""
    category = "" if filters.category_id is None else dict(choices.categories).get(filters.category_id, "")
    return Names(owner or "", choices.company, category)


def _came_from(request: HttpRequest, query: RecordQuery) -> str:
    """The page that led here: as the list's own links tell, else as the browser does; "" for the Sales report."""
    found = query.came_from
    if not found:
        told = urlsplit(request.headers.get("Referer", ""))
        if told.netloc == request.get_host():
            try:
                found = resolve(told.path).view_name
                found = ABOVE.get(found, found)
            except Resolver404:
                found = ""
    return found if found in _SOURCES and found != HOME else ""


def _file(visit: Visit, metric: str, query: RecordQuery, format_name: str) -> str:
    whole = replace(query, page=1, version=None, came_from="")
    return visit.address(FILE, metric=metric, format_name=format_name) + whole.query()
