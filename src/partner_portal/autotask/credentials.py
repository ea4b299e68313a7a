"""What an API user signs in with. The secret values never show in a repr, a message or a log."""

from __future__ import annotations

from dataclasses import dataclass, field

from partner_portal.autotask.errors import CredentialsUnusable

HIDDEN = "********"


@dataclass(frozen=True)
class Credentials:
    """The three header values of one API user.

    Raises `CredentialsUnusable` for a value that is empty or cannot stand in an HTTP header, without quoting it.
    """

    username: str
    secret: str = field(repr=False)
    integration_code: str = field(repr=False)

    def __post_init__(self) -> None:
        for name, value in (
            ("username", self.username),
            ("secret", self.secret),
            ("integration code", self.integration_code),
        ):
            if not value.strip():
                raise CredentialsUnusable(name, "is empty")
            if any(ord(character) < 32 or ord(character) == 127 for character in value):
                raise CredentialsUnusable(name, "contains a line break or another control character")

    def headers(self) -> dict[str, str]:
        """The headers that every call but zone discovery carries."""
        return {
            "ApiIntegrationCode": self.integration_code,
            "UserName": self.username,
            "Secret": self.secret,
            "Content-Type": "application/json",
        }

    def hide_in(self, text: str) -> str:
        """`text` with both secret values starred out, for texts that a server wrote."""
        return text.replace(self.secret, HIDDEN).replace(self.integration_code, HIDDEN)
