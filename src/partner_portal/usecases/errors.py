"""What a use case refuses. Each message is one line with its remedy, fit to be shown.

UseCaseError
├── InputRefused       a value that cannot be used; `field` names it
├── NotConnected       the organization has no connection to Autotask
├── CredentialsShut    its credentials cannot be opened with the keys at hand
├── NothingRead        nothing of its Autotask is in the mirror yet
├── MappingStale       the mapping was changed since it was read
├── SyncRuns           a sync of the organization runs already
├── SyncPaused         it must wait, for the call budget or after refused credentials
└── SyncInterrupted    a sync was stopped with its process
"""

from __future__ import annotations

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
    """Syncs wait, for the tenant's call budget or after refused credentials; the message says until when."""


class SyncInterrupted(UseCaseError):
    """A sync was stopped with its process."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"The sync of {slug} was stopped. Earlier data stays in place; the next sync takes it up again."
        )
