"""What the portal counts about itself, for `/metrics`. Labels never carry a person, an address or a record."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

REQUESTS = Counter("portal_http_requests", "Answered HTTP requests.", ["method", "status"])
REQUEST_SECONDS = Histogram(
    "portal_http_request_seconds",
    "Time to answer an HTTP request.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
SYNCS = Counter("portal_syncs", "Syncs that ended.", ["outcome"])
SYNC_SECONDS = Histogram("portal_sync_seconds", "Duration of a sync.", buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 1800))
SYNC_ROWS = Counter("portal_sync_rows", "Rows that syncs read from Autotask.")
AUTOTASK_REQUESTS = Counter("portal_autotask_requests", "Requests sent to Autotask by syncs.")
SYNC_AGE = Gauge("portal_sync_age_seconds", "Seconds since the last whole sync, by organization.", ["organization"])
OPEN_SYNCS = Gauge("portal_syncs_running", "Syncs that run now.")
