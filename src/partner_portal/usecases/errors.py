"""What a use case refuses. Each message is one line with its remedy, fit to be shown.

UseCaseError
├── InputRefused       a value that cannot be used; `field` names it
├── PersonUnknown      nobody of the organization is known by that id or address
├── InvitationSpent    an invitation that is not good, or not any more
├── MailNotSent        the mail server is not set or did not take a mail
├── NotConnected       the organization has no connection to Autotask
├── CredentialsShut    its credentials cannot be opened with the keys at hand
├── NothingRead        nothing of its Autotask is in the mirror yet
├── MappingStale       the mapping was changed since it was read
├── SyncRuns           a sync of the organization runs already
├── SyncPaused         it must wait, for the call budget or after refused credentials
├── LogInsPaused       too many failed logins as one API user; `until` says when the next one may be tried
├── NotConfirmed       what cannot be undone was not confirmed
├── KeptElsewhere      the credentials come from outside the portal and can only be changed there
└── SyncInterrupted    a sync was stopped with its process
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError


class UseCaseError(Exception):
    """An act that cannot be done."""


class InputRefused(UseCaseError):
    """A value that cannot be used."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    @classmethod
    def of(cls, wrong: ValidationError) -> InputRefused:
        """The first complaint of Django's validation, as one line."""
        field, complaints = next(iter(wrong.message_dict.items()))
        name = field.replace("_", " ").capitalize()
        return cls(field, complaints[0] if field == "__all__" else f"{name}: {complaints[0]}")


class PersonUnknown(UseCaseError):
    """Nobody of the organization is known by that id or address."""

    def __init__(self, slug: str, asked: str) -> None:
        super().__init__(f"Nobody of {slug} is known as {asked!r}. Load the list of people again.")


class InvitationSpent(UseCaseError):
    """An invitation that was never made, was used, withdrawn, or has expired."""

    def __init__(self) -> None:
        super().__init__("This invitation is not good, or not any more. Ask for a new one.")


class MailNotSent(UseCaseError):
    """A mail could not be handed over; the message says why."""


class NotConnected(UseCaseError):
    """The organization is not connected to Autotask."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"{slug} is not connected to Autotask. Connect it under Configure Autotask or by portal connect."
        )


class CredentialsShut(UseCaseError):
    """The vault cannot open the organization's credentials; the message is the vault's."""


class NothingRead(UseCaseError):
    """Nothing of the organization's Autotask is in the mirror yet."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"Nothing of {slug}'s Autotask was read yet. Connect it, or wait for the first sync.")


class MappingStale(UseCaseError):
    """The mapping was changed since it was read."""

    def __init__(self, based_on: int, in_force: int) -> None:
        super().__init__(
            f"Version {in_force} of the mapping is in force, this change is based on {based_on}. "
            "Read the mapping again and repeat the change."
        )


class SyncRuns(UseCaseError):
    """A sync of the organization runs already."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"A sync of {slug} runs already. Wait until it has ended.")


class SyncPaused(UseCaseError):
    """Syncs wait, for the tenant's call budget or after refused credentials; the message says until when.

    `until` is None where nobody can tell.
    """

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class LogInsPaused(UseCaseError):
    """Too many logins as one API user failed; nobody may try again before `until`, which is so many `seconds` away."""

    def __init__(self, username: str, when: str, until: datetime, seconds: int) -> None:
        super().__init__(
            f"Autotask refused logins as {username} more than once; further ones would lock that API user. "
            f"The next try is possible on {when}. Check the secret and the integration code in Autotask until then."
        )
        self.until = until
        self.seconds = seconds


class NotConfirmed(UseCaseError):
    """What cannot be undone was not confirmed by the organization's name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Nothing was changed. Confirm by the organization's name, {name!r}, as it is written here.")


class KeptElsewhere(UseCaseError):
    """The credentials come from outside the portal."""

    def __init__(self, where: str) -> None:
        super().__init__(f"The credentials are kept in {where}. Change them there, then test the connection.")


class SyncInterrupted(UseCaseError):
    """A sync was stopped with its process."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"The sync of {slug} was stopped. Earlier data stays in place; the next sync takes it up again."
        )
