"""What every event of the audit trail is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Something that happened; `action` is its name in the trail."""

    action: ClassVar[str]

    def details(self) -> dict[str, Any]:
        """The event's fields, JSON-able."""
        return asdict(self)
