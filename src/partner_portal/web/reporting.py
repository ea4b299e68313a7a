"""What the pages over the report document share: filters of the address, the document, the bar, the way to records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from partner_portal.accounts.models import Membership, Role
from partner_portal.accounts.policy import Act, role_of
from partner_portal.organizations.models import Organization
from partner_portal.reports.question import OrganizationFacts
from partner_portal.usecases.choices import Choices, choices_of
from partner_portal.usecases.connection_state import FIRST_SYNC, NOT_CONNECTED, ConnectionState, connection_state
from partner_portal.usecases.names import resource_names
from partner_portal.usecases.reconciled import is_reconciled
from partner_portal.usecases.sales_report import QuestionError, facts_of, read_sales_report, sales_report_tag
from partner_portal.web.access import Visit, is_partial
from partner_portal.web.frame import HOME, show
from partner_portal.web.kept_parts import Part, kept_part
from partner_portal.web.view.connection import ROTATION_TONES, rotation
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters, FilterWrong, read_filters
from partner_portal.web.view.freshness import chip, first_sync_steps
from partner_portal.web.view.happenings import appointments_hold_until
from partner_portal.web.view.people import owner_name
from partner_portal.web.view.picker import Offers, RangePicker, carrying, range_picker
from partner_portal.web.view.record_links import METRIC, RecordLinks

LINKED = ("refresh", "freshness", "connection", "companies", "owners", "data_health")
"""Pages that parts of a report lead to."""
FORMATS = (("pdf", "PDF"), ("xlsx", "Excel workbook"), ("csv", "CSV"))
"""What the report can be taken as, and how that is called."""
FRAMED = ("title", "heading", "here")
"""What a page may say of itself that the frame around its report prints, too."""


@dataclass(frozen=True)
class Reading:
    """One document as a visitor reads it. `filters` are those that it answers; `now` is aware."""

    visit: Visit
    filters: Filters
    document: Mapping[str, Any]
    now: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        """The organization's time zone."""
        return ZoneInfo(self.document["organization"]["time_zone"])

    @property
    def today(self) -> date:
        """The organization's local date."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def facts(self) -> OrganizationFacts:
        """The organization's calendar and currency."""
        return facts_of(self.visit.organization)

    @cached_property
    def links(self) -> RecordLinks:
        """The ways to the records of the document's figures; none for who may not see records."""
        return RecordLinks(self.document, self.filters, _records_pattern(self.visit))

    @cached_property
    def figures(self) -> Figures:
        """The document's figures, which lead to their records."""
        return Figures(self.document, self.links)

    def of(self, filters: Filters) -> Reading:
        """The same visitor's reading of what other filters ask for."""
        return replace(self, filters=filters, document=_read(self.visit, filters))


def show_report_page(
    request: HttpRequest,
    visit: Visit,
    page: str,
    template: str,
    make: Callable[[Reading], Mapping[str, Any]],
    *,
    owner: int | str | None = None,
) -> HttpResponse:
    """Show the report that the address asks for in the frame of `page`; `template` prints what `make` gives.

    What `template` printed is kept: `make` may use nothing but the reading, the query and the visitor's role. Of what
    it gives, `title`, `heading` and `here` are for the frame, and `carried` are fields of the URL that are no filters,
    and that the bar keeps. `owner` is whose page it is, whatever the query says. Filters that cannot be used are
    explained above the default report, with status 400. Raises QuestionError where there is no such `owner`.
    """
    shown = partial(_context, visit, page=page, template=template, query=request.GET.urlencode(), make=make)
    problem = ""
    try:
        asked = read_filters(request.GET)
        context = shown(asked if owner is None else replace(asked, owner=owner))
    except (FilterWrong, QuestionError) as wrong:
        problem = str(wrong)
        context = shown(Filters(owner=owner))
    context["problem"] = problem
    response = show(request, visit, page, "web/report_page.html", context, status=400 if problem else 200)
    if is_partial(request) and not request.headers.get("HX-Source", "").endswith("#report"):
        response["HX-Push-Url"] = context["here"]
    return response


def _context(
    visit: Visit, filters: Filters, *, page: str, template: str, query: str, make: Callable[[Reading], Any]
) -> dict[str, Any]:
    """What the frame prints, and the report in it, kept under all that it is made of; `query` is the URL's."""
    around = surroundings(visit, filters, page)
    role = role_of(visit.actor, visit.organization)
    choices = choices_of(visit.parts, visit.organization, filters.company_id, actor=visit.actor)

    def write(now: datetime) -> Part:
        return _written(Reading(visit, filters, _read(visit, filters), now), template, around, choices, make)

    def is_so() -> bool:
        seen: str = around["seen"]
        return seen == sales_report_tag(visit.parts, visit.organization, actor=visit.actor, **filters.asked())

    made_of = [template, query, filters.query(), around["seen"], around["here_path"], around["links"], role, choices]
    return around | kept_part(visit.parts.pages, made_of, visit.parts.clock.now(), write, is_so=is_so)


def _written(
    reading: Reading, template: str, around: Mapping[str, Any], choices: Choices, make: Callable[[Reading], Any]
) -> Part:
    """The filters of the bar and the report below it, printed; and what the frame takes from the page."""
    made = make(reading)
    picker = carrying(picker_of(reading, choices), made.get("carried", {}))
    context = {name: around[name] for name in ("links", "here_path", "may_search_companies")} | made
    context["picker"] = picker
    texts = {
        **{name: made[name] for name in FRAMED if name in made},
        "bar": render_to_string("web/report/filters.html", context),
        "report": render_to_string(template, context),
    }
    return Part(texts, appointments_hold_until(reading.document, reading.now))


def picker_of(reading: Reading, choices: Choices) -> RangePicker:
    """What the bar offers over this reading."""
    offers = Offers(_owners(reading), choices.teams, choices.categories, choices.company)
    return range_picker(reading.document, reading.filters, offers, reading.today, reading.facts)


def surroundings(visit: Visit, filters: Filters, page: str, *, has_just_asked: bool = False) -> dict[str, Any]:
    """What page and fragments share: how the connection stands, how fresh the data is, where the links lead."""
    state = connection_state(visit.parts, visit.organization)
    now = visit.parts.clock.now()
    zone = ZoneInfo(visit.organization.time_zone)
    query = filters.query()
    return {
        "chip": chip(
            state,
            now,
            zone,
            has_just_asked=has_just_asked,
            is_reconciled=is_reconciled(visit.parts, visit.organization),
        ),
        "progress": first_sync_steps(state),
        "is_first_sync": state.stage == FIRST_SYNC,
        "seen": sales_report_tag(visit.parts, visit.organization, actor=visit.actor, **filters.asked()),
        "connection": connection_notice(visit, state),
        "here": visit.address(page) + query,
        "here_path": visit.address(page),
        "query": query,
        "links": {name: visit.address(name) for name in LINKED}
        | ({"mapping": visit.address("mapping")} if visit.may(Act.SEE_MAPPING) else {}),
        "may_search_companies": visit.may(Act.SEE_RECORDS),
        "exports": [(title, visit.address("report_file", format_name=name) + query) for name, title in FORMATS],
    }


def connection_notice(visit: Visit, state: ConnectionState) -> dict[str, Any]:
    """How the connection stands, for the notice above a page."""
    is_connected = state.stage != NOT_CONNECTED
    may_connect = visit.may(Act.CONNECT)
    return {
        "is_connected": is_connected,
        "problem": state.problem,
        "is_waiting": state.paused_until is not None,
        "rotation": rotation(state) if may_connect else "",
        "rotation_tone": ROTATION_TONES.get(state.secret_due, ""),
        "may_connect": may_connect,
        "administrators": [] if is_connected or may_connect else administrators_of(visit.organization),
    }


def administrators_of(organization: Organization) -> list[str]:
    """Names of those who may change the connection, for whoever has to ask them."""
    members = Membership.objects.filter(organization=organization, role=Role.ADMINISTRATOR, person__is_active=True)
    return [str(member.person) for member in members.select_related("person").order_by("person__name")]


def _read(visit: Visit, filters: Filters) -> dict[str, Any]:
    return read_sales_report(visit.parts, visit.organization, actor=visit.actor, **filters.asked())


def _records_pattern(visit: Visit) -> str:
    return f"{visit.address(HOME)}records/{METRIC}/" if visit.may(Act.SEE_RECORDS) else ""


def _owners(reading: Reading) -> Sequence[tuple[int, str]]:
    """Who can be chosen: everybody with a figure in the range, and the one who is chosen."""
    filters, document = reading.filters, reading.document
    if filters.is_narrowed():
        everybody = Filters(filters.period, filters.start, filters.end, compare="none")
        document = _read(reading.visit, everybody)
    owners = {row["owner"]["id"]: owner_name(row["owner"]) for row in document["by_owner"] if row["owner"]}
    if isinstance(filters.owner, int):
        name = resource_names(reading.visit.parts, reading.visit.organization).get(filters.owner)
        owners.setdefault(filters.owner, owner_name({"id": filters.owner, "name": name}))
    return sorted(owners.items(), key=lambda owner: owner[1].casefold())
