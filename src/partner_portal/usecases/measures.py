"""What the portal counts about itself, for `/metrics`.

What processes count, each counts for itself; a `Reading` is of what they share, such as an organization's last sync.

Labels have few values: routes of the URL configuration, methods, statuses, entities of the catalogue, outcomes, and
the slugs of organizations. Never a person, an address, a path as it was asked for, or a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric

disable_created_metrics()  # type: ignore[no-untyped-call]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Stands for whatever a client may make up."""


class Reading:
    """A gauge that nothing keeps: it is read when somebody asks, and tells of what there is then."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str]) -> None:
        self._name = name
        self._documentation = documentation
        self._labelnames = tuple(labels)

    def of(self, values: Mapping[str, float]) -> GaugeMetricFamily:
        """The gauge with these values, by the value of its label."""
        family = GaugeMetricFamily(self._name, self._documentation, labels=self._labelnames)
        for label, value in values.items():
            family.add_metric([label], value)
        return family

    def collect(self) -> Iterable[Metric]:
        """The gauge without values, for its description."""
        return [self.of({})]


REQUESTS = Counter("portal_http_requests", "Answered HTTP requests.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "portal_http_request_seconds",
    "Time to answer an HTTP request.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
REQUESTS_UNDER_WAY = Gauge(
    "portal_http_requests_running", "HTTP requests that are being answered now.", multiprocess_mode="livesum"
)
LOGIN_FAILURES = Counter("portal_login_failures", "Log-ins that were refused.")
UNUSUAL_USE = Counter(
    "portal_unusual_use",
    "Acts that were unusual when they happened; the rule is failed_log_ins, refused_acts or new_address.",
    ["rule"],
)
SYNCS = Counter("portal_syncs", "Syncs that ended.", ["outcome"])
SYNC_SECONDS = Histogram("portal_sync_seconds", "Duration of a sync.", buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 1800))
SYNC_ROWS = Counter("portal_sync_rows", "Rows that syncs read from Autotask.")
SYNC_AGE = Reading("portal_sync_age_seconds", "Seconds since the last whole sync began.", ["organization"])
LAST_SYNC_SECONDS = Reading("portal_sync_last_seconds", "Duration of the sync that ended last.", ["organization"])
LAST_SYNC_FAILED = Reading(
    "portal_sync_last_failed", "1 when the sync that ended last failed, else 0.", ["organization"]
)
OPEN_SYNCS = Gauge("portal_syncs_running", "Syncs that run now.", multiprocess_mode="livesum")
QUEUE = Reading("portal_queue_length", "Jobs that wait for their turn or run, by queue.", ["queue"])
AUTOTASK_REQUESTS = Counter(
    "portal_autotask_requests",
    "Requests sent to Autotask; the outcome is ok, throttled (429), refused (401, 403), failed or unreachable.",
    ["entity", "outcome"],
)
AUTOTASK_SECONDS = Histogram(
    "portal_autotask_request_seconds",
    "Time until Autotask answered.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
BUDGET_SHARE = Reading(
    "portal_autotask_budget_share",
    "Share of the hour's calls that all integrations of the tenant had spent when it was last read, 0 to 1.",
    ["organization"],
)
SECRET_AGE = Reading(
    "portal_autotask_secret_age_seconds",
    "Seconds since the API secret was set; rotate it in 90 days.",
    ["organization"],
)
REPORTS_ASKED = Counter("portal_reports_asked", "Report documents that somebody asked for.")
REPORTS_MADE = Counter("portal_reports_made", "Report documents that were computed; the others were kept.")
ANSWERS_REPEATED = Counter(
    "portal_answers_repeated", "Answers given again to the same request, as nothing had changed since."
)

MEASURES: tuple[Counter | Gauge | Histogram | Reading, ...] = (
    REQUESTS,
    REQUEST_SECONDS,
    REQUESTS_UNDER_WAY,
    LOGIN_FAILURES,
    UNUSUAL_USE,
    SYNCS,
    SYNC_SECONDS,
    SYNC_ROWS,
    SYNC_AGE,
    LAST_SYNC_SECONDS,
    LAST_SYNC_FAILED,
    OPEN_SYNCS,
    QUEUE,
    AUTOTASK_REQUESTS,
    AUTOTASK_SECONDS,
    BUDGET_SHARE,
    SECRET_AGE,
    REPORTS_ASKED,
    REPORTS_MADE,
    ANSWERS_REPEATED,
)
"""All of them, in the order of docs/monitoring.md."""

_REFUSED = (401, 403)
_THROTTLED = 429
_FIRST_FAILURE = 400


def count_autotask_request(entity: str, status: int | None, seconds: float) -> None:
    """Count one request to `entity` that was answered with `status` (None: not at all) after `seconds`."""
    AUTOTASK_REQUESTS.labels(entity, _outcome(status)).inc()
    AUTOTASK_SECONDS.observe(seconds)


def count_request(method: str | None, route: str, status: int, seconds: float) -> None:
    """Count one HTTP request; `route` is a pattern of the URL configuration, never a path."""
    known = method if method in METHODS else OTHER
    REQUESTS.labels(known, route, status).inc()
    REQUEST_SECONDS.labels(known, route).observe(seconds)


def _outcome(status: int | None) -> str:
    if status is None:
        return "unreachable"
    if status == _THROTTLED:
        return "throttled"
    if status in _REFUSED:
        return "refused"
    return "failed" if status >= _FIRST_FAILURE else "ok"
