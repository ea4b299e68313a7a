"""Write the documents that the code itself knows best: docs/settings.md, docs/metrics.md, docs/monitoring.md.

`python tools/documents.py` writes them; a test fails while they differ from the code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from partner_portal.audit.unusual import Rule
from partner_portal.reports.catalogue import CATALOGUE
from partner_portal.settings.declared import SETTINGS
from partner_portal.usecases.measures import MEASURES

API_INTRODUCTION = (
    "# API",
    "",
    "Made from the OpenAPI 3.1 document, which a running portal gives at `/api/v1/openapi.json`.",
    "",
    "Who is logged in sends the session's cookie, and to change something the CSRF cookie's value as `X-CSRFToken`.",
    "Programs send `Authorization: Bearer` and the key of an access token, which a person makes under Access tokens",
    "(or an operator with `portal token add`). A token asks in its person's name, in one organization, for what its",
    "scopes name. It is kept as SHA-256 of 256 random bits, shown once, good for a year at most, and dies with its",
    "person's membership.",
    "",
    "Every error is a problem document (RFC 9457, `application/problem+json`): `type`, `title`, `status`, `detail`,",
    "one line with its remedy. `429` and `503` carry `Retry-After`. A parameter or field that the API does not know is",
    "refused: 422. Bodies are JSON objects in UTF-8, 1 MiB at most, 32 deep at most, without keys given twice.",
    "Answers to `GET` carry an `ETag`; with `If-None-Match` an unchanged one is 304.",
    "",
    "Queries of Autotask (`/autotask/...`) are for administrators and managers, read only, and keep Autotask's own",
    "shape: the portal knows the entities, fields and operators that may be asked for and refuses the others. Answers",
    "are kept five minutes for the organization and role (`Age` tells how old one is; `Cache-Control: no-cache`,",
    "`no-store` and `max-age` are honoured, but nothing is asked for twice within five seconds). In a minute a person",
    "may ask 60 times, an organization 120 times; 30 questions reach Autotask, none while the tenant's hour of",
    "calls is tight. `nextPageUrl` leads to the portal: POST the same body there within an hour, as the same person.",
    "The audit log has who asked for which entity by which fields, not the values.",
)

DOCS = Path(__file__).resolve().parent.parent / "docs"


def settings_page() -> str:
    """Every setting with its default and its sentence."""
    lines = [
        "# Settings",
        "",
        "Environment variables, read once at the start. A secret can also stand in a file that `NAME_FILE` names.",
        "",
        "| Name | Default | |",
        "|---|---|---|",
    ]
    for setting in SETTINGS:
        default = " ".join(setting.default) if isinstance(setting.default, tuple) else str(setting.default)
        shown = "" if default in ("", "False") else f"`{default}`"
        secret = " Secret." if setting.is_secret else ""
        lines.append(f"| `{setting.name}` | {shown} | {setting.sentence}{secret} |")
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """Every metric with its formula, the fields it reads and what it leaves out."""
    lines = ["# Metrics", "", "Made from the metric catalogue, which the Definitions page shows too."]
    for metric in CATALOGUE:
        lines += ["", f"### {metric.title}", "", metric.formula, ""]
        lines.append(f"- Slug: `{metric.slug}`; unit: {metric.unit.value}")
        lines.append("- Reads: " + ", ".join(f"`{name}`" for name in metric.reads))
        if metric.exclusions:
            lines.append(f"- Leaves out: {metric.exclusions}")
    return "\n".join(lines) + "\n"


MONITORING = """# Monitoring

`/livez` answers 200 as long as the process answers. `/readyz` answers 200 when the database, the warehouse, the jobs
and the line to the other processes can be used, else 503 with the part that cannot. `/metrics` is for the addresses of
`PORTAL_METRICS_ADDRESSES` only, in the Prometheus format; the usual `process_...` and `python_...` figures are there as
well. `portal worker` answers the three at `--metrics-port`.

The web processes of one `portal serve --workers N` count together: whichever is asked tells of all, and leaves out
`process_...` and `python_...`. Each worker tells of itself: sum counters and histograms over instances. The gauges of
organizations and queues are read from the database, the same everywhere: take their `max`.

Labels have few values: routes of the URL configuration (`static` for files, `none` where nothing matched), methods,
statuses, entities of Autotask, outcomes, and the slugs of organizations. Nothing that a client makes up becomes one.

| Name | Kind | Labels | |
|---|---|---|---|
"""

WORTH_AN_ALARM = """
Worth an alarm: `portal_sync_age_seconds` above three times `PORTAL_REFRESH_SECONDS`; `portal_sync_last_failed` = 1 for
half an hour; any increase of `portal_autotask_requests_total{outcome="refused"}`; `portal_autotask_budget_share` above
0.8; `portal_autotask_secret_age_seconds` above 90 days; `portal_login_failures_total` rising by more than usual;
any increase of `portal_unusual_use_total{rule!="new_address"}`; `/readyz` other than 200 for a minute.

## Logs

One JSON object a line on standard error, or words on a terminal (`PORTAL_LOG_FORMAT`): `timestamp` (UTC), `level`,
`logger`, `event`, then facts. Every line of a request carries `request_id` (that of the answer's `X-Request-ID`), and
`person` (an id) and `organization` as soon as they are known; so do the lines of the sync that it asked for. Secrets
are taken out by name, by value and by shape, in tracebacks too, which show no local variables. The audit log is kept
apart, in the database.

## Unusual use

The audit log marks it by these rules. A mark is worked out from what happened up to then, whenever the log is read, and
never written into it; what happens in other organizations does not count. All but `volume` are also told when they
happen: a warning `unusual use` with `rule`, `reason`, `action`, `address` and `person` (an id), and a count.

| Rule | |
|---|---|
"""


def monitoring_page() -> str:
    """Every measure with its kind, its labels and its meaning."""
    lines = []
    for measure in MEASURES:
        for family in measure.collect():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = " ".join(f"`{label}`" for label in measure._labelnames)  # noqa: SLF001 - told nowhere else
            lines.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |\n")
    rules = [f"| `{rule.value}` | {rule.meaning} |\n" for rule in Rule]
    return MONITORING + "".join(lines) + WORTH_AN_ALARM + "".join(rules)


def api_page() -> str:
    """Every operation of the API with who may ask it, from the OpenAPI document and the entrances."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partner_portal.settings.django")
    import django

    django.setup()
    from partner_portal.accounts.tokens import Scope
    from partner_portal.api.routes import api

    scopes = {
        api.get_openapi_operation_id(operation): operation.auth_callbacks[0].scope
        for _, _, operation in api.operations()
    }
    lines = [*API_INTRODUCTION, "", "| Scope | |", "|---|---|"]
    lines += [f"| `{scope.value}` | {scope.meaning} |" for scope in Scope]
    lines += ["", "## Operations", "", "| | | Scope |", "|---|---|---|"]
    for path, operations in sorted(api.get_openapi_schema()["paths"].items()):
        for method, operation in operations.items():
            scope = scopes[operation["operationId"]]
            named = f"`{scope.value}`" if scope else "session only"
            lines.append(f"| `{method.upper()} {path}` | {operation['summary']} | {named} |")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "metrics.md": metrics_page,
    "monitoring.md": monitoring_page,
    "api.md": api_page,
}


def stale() -> list[str]:
    """The names of the pages that differ from what the code says."""
    return [name for name, page in PAGES.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != page()]


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
