"""Who asks for an act: a person through the pages, somebody at the machine's own shell, or the clock."""

from __future__ import annotations

from dataclasses import dataclass

from partner_portal.accounts.models import AccessToken, Person


@dataclass(frozen=True)
class Actor:
    """The one who asks. `name` goes to the audit trail; `address` is the network address, where there is one.

    An actor without a `person` is the machine itself (its shell or its clock), which may do everything. With a `token`
    a program asks in the person's name, in the token's organization only.
    """

    name: str
    person: Person | None = None
    address: str = ""
    token: AccessToken | None = None

    @property
    def person_id(self) -> int | None:
        """The person's id; None for the machine."""
        return self.person.pk if self.person else None

    @property
    def token_hint(self) -> str:
        """What the token's key ends in, by which its owner knows it; empty without a token."""
        return self.token.hint if self.token else ""

    @classmethod
    def of(cls, person: Person, address: str = "", token: AccessToken | None = None) -> Actor:
        """The actor that `person` is, or a program with a `token` of theirs."""
        return cls(person.email, person, address, token)


SHELL = Actor("command line")
CLOCK = Actor("timetable")
