"""The guide's query endpoints: Autotask's own questions, asked through the portal, reading only.

What a person may ask is bounded before anything is sent: entities, fields and operators that the portal knows, so
many questions a minute, nothing while the tenant's hour is tight. Answers keep Autotask's own shape and values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
from django.core import signing

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import Act, require, role_of
from partner_portal.accounts.rates import Rate, TooManyRequests, take
from partner_portal.audit.events import AutotaskQueried
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.catalog import Entity
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.decoding import INT64
from partner_portal.organizations.models import Connection, Organization
from partner_portal.usecases.errors import InputRefused, NotConnected, UseCaseError
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.proxy_desk import send
from partner_portal.usecases.proxy_query import Query, find_entity, read_count, read_query

OF_A_PERSON = Rate("proxied queries of a person", 60, 60)
OF_AN_ORGANIZATION = Rate("proxied queries of an organization", 120, 60)
TO_AUTOTASK = Rate("queries sent to Autotask for an organization", 30, 60)
"""Those that no kept answer serves: 1,800 of the tenant's 10,000 calls an hour at most."""

KEPT_FOR = timedelta(minutes=5)
YOUNGEST = timedelta(seconds=5)
"""An answer of this age serves those too who ask for a new one: it is not asked for twice in a moment."""
CURSOR_LIFE = timedelta(hours=1)
CURSOR_SALT = "partner_portal.usecases.proxy"

_numbers = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True)
class Wish:
    """What the caller's Cache-Control says: an answer younger than `oldest` will do, and whether it may be kept."""

    oldest: timedelta = KEPT_FOR
    may_keep: bool = True


class Answer(msgspec.Struct, frozen=True):
    """An answer in Autotask's shape, less the link to the next page, for which `last_id` stands; None on the last."""

    body: msgspec.Raw
    rows: int | None = None
    last_id: int | None = None


_ANSWER = msgspec.json.Decoder(Answer)  # here, while there is one thread: see `autotask.decoding`


@dataclass(frozen=True)
class Given:
    """An answer as it is given: JSON of the rows, the count or the row; how old it is; where the next page begins."""

    body: bytes
    rows: int | None
    size: int
    age: timedelta
    cursor: str | None


@dataclass(frozen=True)
class _Question:
    """One question: `kind` is query, count or item."""

    kind: str
    entity: Entity[Any]
    query: Query
    after: int | None = None
    row: int | None = None

    def name(self, parts: str) -> str:
        """A name for its answer that no other question has."""
        wire = None if self.query.filter is None else self.query.filter.wire()
        asked = [parts, self.kind, self.entity.path, wire, self.query.fields, self.query.size, self.after, self.row]
        return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()

    async def ask(self, client: AutotaskClient) -> Answer:
        """Ask Autotask."""
        if self.kind == "count":
            count = await client.count(self.entity, self.query.filter)
            return Answer(msgspec.Raw(_numbers.encode(count)))
        if self.kind == "item":
            row = await client.raw_get(self.entity, self.row or 0)
            return Answer(msgspec.Raw(_numbers.encode(row)), rows=0 if row is None else 1)
        query = self.query
        page = await client.raw_page(self.entity, query.filter, query.fields, size=query.size, after=self.after)
        last = page.rows[-1]["id"] if page.rows and page.next_url is not None else None
        return Answer(msgspec.Raw(_numbers.encode(page.rows)), rows=len(page.rows), last_id=last)


_WHOLE = Query(None, None, 1)


@dataclass(frozen=True)
class Proxy:
    """A person's way to the Autotask of an organization; each question is permitted, counted, answered, written down.

    Every question raises OrganizationUnknown for strangers, NotPermitted, EntityUnknown, TooManyRequests,
    InputRefused, NotConnected, CredentialsShut, ProxyError.
    """

    parts: Parts
    organization: Organization
    actor: Actor
    wish: Wish = Wish()

    def query(self, entity_name: str, document: dict[str, Any], cursor: str | None = None) -> Given:
        """One page of rows; with `cursor` the one that an earlier page led to, for the same query and person."""

        def understood(entity: Entity[Any]) -> _Question:
            question = _Question("query", entity, read_query(entity, document))
            return question if cursor is None else replace(question, after=self._after(cursor, question))

        return self._give("query", entity_name, understood)

    def count(self, entity_name: str, document: dict[str, Any]) -> Given:
        """How many rows pass a filter."""
        return self._give("count", entity_name, lambda entity: _Question("count", entity, read_count(entity, document)))

    def item(self, entity_name: str, row: int) -> Given:
        """The row with the id `row`; null where there is none."""

        def understood(entity: Entity[Any]) -> _Question:
            if row not in INT64 or row < 0:
                raise InputRefused("id", "id must be a whole number from 0 on.")
            return _Question("item", entity, _WHOLE, row=row)

        return self._give("item", entity_name, understood)

    def _give(self, kind: str, entity_name: str, understand: Callable[[Entity[Any]], _Question]) -> Given:
        require(self.actor, Act.USE_PROXY, self.organization)
        entity = find_entity(entity_name)
        fields: list[str] = []
        try:
            self._take(OF_A_PERSON, self.actor.person_id or 0)
            self._take(OF_AN_ORGANIZATION, self.organization.pk)
            question = understand(entity)
            fields = question.query.filtered_by
            answer, age = self._found(question)
        except (UseCaseError, TooManyRequests) as error:
            if not isinstance(error, TooManyRequests) or error.is_first:  # the rest of a flood would fill the trail
                result = Result.REFUSED if isinstance(error, (InputRefused, TooManyRequests)) else Result.FAILED
                self._note(AutotaskQueried(entity.path, kind, fields, None, is_kept=False), result, str(error))
            raise
        self._note(AutotaskQueried(entity.path, kind, fields, answer.rows, is_kept=age is not None))
        cursor = None if answer.last_id is None else self._cursor(answer.last_id, question)
        return Given(bytes(answer.body), answer.rows, question.query.size, age or timedelta(0), cursor)

    def _found(self, question: _Question) -> tuple[Answer, timedelta | None]:
        """The answer, and the age of a kept one."""
        name = question.name(self._whose())
        now = self.parts.clock.now()
        kept = self.parts.proxied.get(name, now, max(self.wish.oldest, YOUNGEST))
        if kept is not None:
            return _ANSWER.decode(kept[0]), kept[1]
        self._take(TO_AUTOTASK, self.organization.pk)
        answer = send(self.parts, self.organization, question.ask)
        if self.wish.may_keep:
            self.parts.proxied.keep(name, now, msgspec.json.encode(answer))
        return answer, None

    def _whose(self) -> str:
        """Whose answers may serve: those of the same organization, connected in the same way, to the same rights."""
        connection = Connection.objects.filter(organization=self.organization).first()
        if connection is None:
            raise NotConnected(self.organization.slug)
        role = role_of(self.actor, self.organization)
        made = f"{connection.username}|{connection.secret_set_at.isoformat()}|{connection.tenant_number}"
        return f"{self.organization.pk}|{made}|{role}"

    def _take(self, rate: Rate, whose: int) -> None:
        take(rate, whose, self.parts.clock.now())

    def _note(self, event: AutotaskQueried, result: Result = Result.DONE, reason: str = "") -> None:
        record(event, self.actor, self.parts.clock.now(), self.organization.scope, result=result, reason=reason)

    def _cursor(self, last_id: int, question: _Question) -> str:
        made = int(self.parts.clock.now().timestamp())
        return signing.dumps([last_id, made, self._bound(question)], salt=CURSOR_SALT)

    def _after(self, cursor: str, question: _Question) -> int:
        """Where the page of `cursor` begins; raises InputRefused for one not ours, or for another question."""
        try:
            last_id, made, held = signing.loads(cursor, salt=CURSOR_SALT)
        except (signing.BadSignature, ValueError):
            raise InputRefused("cursor", "cursor is not one of the portal's. Begin with the first page.") from None
        if held != self._bound(question):
            raise InputRefused("cursor", "cursor belongs to another query. Send the body of the first page with it.")
        if self.parts.clock.now().timestamp() - made > CURSOR_LIFE.total_seconds():
            raise InputRefused("cursor", "cursor is too old. Begin with the first page.")
        return int(last_id)

    def _bound(self, question: _Question) -> str:
        """What a cursor is good for: this organization, this person, this query."""
        return replace(question, after=None).name(f"{self.organization.pk}|{self.actor.person_id}")
