"""What an answer's status and text mean. One place decides; nobody else looks at a status."""

from __future__ import annotations

import re
import time

import msgspec

from partner_portal.autotask.errors import (
    AutotaskError,
    CallBudgetSpent,
    CredentialsRefused,
    EntityMissing,
    PermissionMissing,
    QueryRefused,
    RedirectRefused,
    ServerFailed,
    ThreadLimitReached,
    Throttled,
    UnknownField,
)
from partner_portal.autotask.limits import retry_after_seconds
from partner_portal.autotask.transport import Response

UNKNOWN_FIELD = re.compile(r"Unable to find (\S+) in the .+ Entity", re.IGNORECASE)
PERMISSION = re.compile(r"\bpermissions?\b", re.IGNORECASE)
THREADS = re.compile(r"\bthreads?\b.*\bexceeded\b|Itgenatr005", re.IGNORECASE)
BUDGET = re.compile(r"\bhour|\btimeframe\b|\bthreshold\b", re.IGNORECASE)
COMPLAINT = re.compile(
    r"unable to find|conversion failed|error converting|unexpected character|must be between|'?OR'? conditions"
    r"|\bnot (?:a )?valid|\binvalid\b|\brequired\b|\bfilter|\bquer(?:y|ies)\b|no matching records",
    re.IGNORECASE,
)
"""What a 500 says when the question is at fault (API.md section 3). Any other text may be a passing failure."""
LONGEST_TEXT = 300


def error_texts(response: Response) -> tuple[str, ...]:
    """The texts of an answer's `errors`, each one line; empty when the body is not of that shape."""
    try:
        document = msgspec.json.decode(response.body, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    if not isinstance(document, dict):
        return ()
    errors = next((value for key, value in document.items() if key.casefold() == "errors"), None)
    if not isinstance(errors, list):
        return ()
    return tuple(" ".join(str(text).split())[:LONGEST_TEXT] for text in errors)


def problem_of(entity: str, host: str, response: Response) -> AutotaskError | None:
    """The error that an answer stands for, None when it is good."""
    status = response.status
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return RedirectRefused(host, status)
    if status == 429:
        return _throttled(entity, response)
    plain: dict[int, AutotaskError] = {
        401: CredentialsRefused(),
        403: PermissionMissing(entity),
        404: EntityMissing(entity),
    }
    return plain.get(status) or _failed(entity, response)


def _failed(entity: str, response: Response) -> AutotaskError:
    text = "; ".join(error_texts(response))
    if PERMISSION.search(text):
        return PermissionMissing(entity)
    if THREADS.search(text):
        return _throttled(entity, response)
    if response.status > 500 or (response.status == 500 and not COMPLAINT.search(text)):
        return ServerFailed(entity, response.status, retry_after_seconds(response.headers, time.time()))
    unknown = UNKNOWN_FIELD.search(text)
    if unknown:
        return UnknownField(entity, unknown[1])
    return QueryRefused(entity, response.status, text[:LONGEST_TEXT] or "no reason given")


def _throttled(entity: str, response: Response) -> Throttled:
    text = "; ".join(error_texts(response)) or response.body[:LONGEST_TEXT].decode("utf-8", "replace")
    seconds = retry_after_seconds(response.headers, time.time())
    if THREADS.search(text):
        return ThreadLimitReached(entity, seconds)
    if BUDGET.search(text):
        return CallBudgetSpent(entity, seconds)
    return Throttled(entity, seconds)
