"""Rows that are added and never changed or removed."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class RowIsKept(TypeError):
    """A row that is kept for good can be neither changed nor removed."""


class KeptRows(models.QuerySet[Row]):
    """A query that can only read and add."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002 (Django's signature)
        """Refuse."""
        raise RowIsKept(_refusal(self.model, "changed"))

    def delete(self) -> NoReturn:
        """Refuse."""
        raise RowIsKept(_refusal(self.model, "removed"))


class KeptRow(models.Model):
    """A row that is written once. What it belongs to may still take it along when that is removed."""

    objects = KeptRows.as_manager()

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new row; refuse to change one that is kept."""
        if not self._state.adding:
            raise RowIsKept(_refusal(type(self), "changed"))
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise RowIsKept(_refusal(type(self), "removed"))


def _refusal(model: type[models.Model], what: str) -> str:
    return f"A row of {model._meta.db_table} is never {what}. Add another one."  # noqa: SLF001 (Django's public name)
