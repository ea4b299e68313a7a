"""Faults on demand: a queue of things that go wrong with the next matching requests."""

from __future__ import annotations

from typing import Literal

import msgspec

from partner_portal.sandbox.answers import Answer
from partner_portal.sandbox.refusals import LoginRefused, QueryRefused, RefusalError, WrongVerb

Kind = Literal[
    "throttled",
    "error",
    "unavailable",
    "unauthorized",
    "wrong_verb",
    "expired_link",
    "latency",
    "reset",
    "cut",
    "empty_body",
    "broken_json",
    "trickle",
    "duplicate_row",
    "unknown_field",
    "wrong_type",
    "lone_surrogate",
]

_UNAVAILABLE = b"<html><head><title>Service Unavailable</title></head><body><h1>503</h1></body></html>"


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One kind of fault, for the next `count` matching requests (None: all), after letting `skip` of them pass.

    `entity` and `route` (query, count, next, item, information, fields, user_fields, threshold, ...) narrow it;
    `wrong_verb` and `expired_link` strike page links only. `status` and `text` belong to `error`, `retry_after`
    (seconds) to `throttled`, `seconds` to `latency` and `trickle`.
    """

    kind: Kind
    entity: str | None = None
    route: str | None = None
    count: int | None = 1
    skip: int = 0
    status: int = 500
    text: str = "An unexpected error has occurred."
    retry_after: int | None = None
    seconds: float = 0.0

    def strikes(self, entity: str, route: str) -> bool:
        """Whether a request is of the kind that this fault is for."""
        if self.kind in ("wrong_verb", "expired_link") and route != "next":
            return False
        return (self.entity is None or self.entity.casefold() == entity.casefold()) and self.route in (None, route)

    def refuse(self, verb: str) -> None:
        """Raise the refusal that this fault stands for; return when it is of another kind."""
        if self.kind == "throttled":
            headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
            text = "The Autotask API thread threshold of 3 threads has been exceeded for this object endpoint."
            raise RefusalError(429, {"errors": [text]}, headers)
        if self.kind == "error":
            raise RefusalError(self.status, {"errors": [self.text]})
        if self.kind == "unauthorized":
            raise LoginRefused
        if self.kind == "wrong_verb":
            raise WrongVerb(verb)
        if self.kind == "expired_link":
            raise QueryRefused("The paging information is no longer valid.")

    def replacement(self) -> Answer | None:
        """The answer that takes the place of the right one, for the kinds that need none."""
        if self.kind == "unavailable":
            return Answer(503, _UNAVAILABLE, content_type="text/html")
        if self.kind == "reset":
            return Answer(200, b"", cut_after=0)
        return None

    def spoil(self, answer: Answer) -> None:
        """Damage a right answer on its way out."""
        body = answer.body
        if self.kind == "cut":
            answer.cut_after = max(1, len(body) // 2)
        elif self.kind == "empty_body":
            answer.body = b""
        elif self.kind == "broken_json":
            answer.body = body[: len(body) // 2]
        elif self.kind == "trickle":
            answer.trickle_seconds = self.seconds
        else:
            answer.body = self._spoil_rows(body)

    def _spoil_rows(self, body: bytes) -> bytes:
        if self.kind == "lone_surrogate":
            return body.replace(b'":"', b'":"\\ud83d', 1)
        if self.kind not in ("duplicate_row", "unknown_field", "wrong_type"):
            return body
        page = msgspec.json.decode(body)
        rows = page.get("items") if isinstance(page, dict) else None
        if not rows:
            return body
        if self.kind == "duplicate_row":
            rows.append(rows[-1])
        for row in rows if self.kind == "unknown_field" else ():
            row["addedByTheVendor"] = {"anything": [1, "two"]}
        if self.kind == "wrong_type":
            name = next((key for key, value in rows[0].items() if isinstance(value, int) and key != "id"), "id")
            rows[0][name] = "not a number"
        return msgspec.json.encode(page)


class FaultQueue:
    """The faults that are waiting for their requests."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault at the end of the queue."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.waiting.clear()

    def take(self, entity: str, route: str) -> Fault | None:
        """The first fault that strikes this request, used up by one; at most one strikes."""
        for fault in self.waiting:
            if not fault.strikes(entity, route):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self.waiting.remove(fault)
            return fault
        return None
