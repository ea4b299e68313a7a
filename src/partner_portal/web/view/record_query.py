"""What is asked of a list of records, as it stands in the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from partner_portal.reports.question import id_from
from partner_portal.usecases.records import Page
from partner_portal.web.view.filters import Filters, read_filters

COMPARISON = "comparison"
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class RecordQuery:
    """One page of one list. `filters` are the report's; `came_from` is the page that the number was followed from.

    `sort` is a column's key, "" for the usual order; `version` is that of the data that the number was read from.
    """

    filters: Filters = field(default_factory=Filters)
    only: str = ""
    of_comparison: bool = False
    search: str = ""
    sort: str = ""
    descending: bool | None = None
    page: int = 1
    version: int | None = None
    came_from: str = ""

    def fields(self) -> dict[str, str]:
        """What is asked, by its names in the URL; what is usual is left out."""
        return self.filters.fields() | dict(self._own_fields())

    def query(self) -> str:
        """The same as a query string with its "?"; "" when all is usual."""
        fields = self.fields()
        return f"?{urlencode(fields)}" if fields else ""

    def of_filters(self, filters: Filters) -> RecordQuery:
        """The first page of the list for other filters."""
        return replace(self, filters=filters, page=1)

    def listing(self, length: int) -> Page:
        """The page, `length` records long, as use cases take it."""
        return Page(
            (self.page - 1) * length,
            length,
            self.sort or None,
            self.descending,
            of_comparison=self.of_comparison,
            version=self.version,
            only=self.only or None,
            search=self.search or None,
        )

    def _own_fields(self) -> Iterator[tuple[str, str]]:
        if self.only:
            yield "only", self.only
        if self.of_comparison:
            yield "of", COMPARISON
        if self.search:
            yield "search", self.search
        if self.sort:
            yield "sort", self.sort
        if self.descending is not None:
            yield "descending", str(self.descending).lower()
        if self.page > 1:
            yield "page", str(self.page)
        if self.version is not None:
            yield "version", str(self.version)
        if self.came_from:
            yield "back", self.came_from


def read_record_query(query: Mapping[str, str]) -> RecordQuery:
    """What a query string asks for. Raises FilterWrong; what the list itself refuses is for the use case to say."""
    return RecordQuery(
        read_filters(query),
        only=query.get("only", "").strip(),
        of_comparison=query.get("of") == COMPARISON,
        search=query.get("search", "").strip(),
        sort=query.get("sort", "").strip(),
        descending=_FLAGS.get(query.get("descending", "")),
        page=max(id_from(query.get("page", "")) or 1, 1),
        version=id_from(query.get("version", "")),
        came_from=query.get("back", "").strip(),
    )
