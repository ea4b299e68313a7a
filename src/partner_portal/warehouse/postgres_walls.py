"""Row-level security: a second wall between organizations, which holds where a statement forgets its condition.

A transaction tells whose it is (see `postgres_session`); the server then shows it, and lets it write, that
organization's rows only, and none where nothing was told. The tables' owner is held to it, too. Superusers and roles
with BYPASSRLS pass every wall.
"""

from __future__ import annotations

from partner_portal.warehouse.engine import Session
from partner_portal.warehouse.tables import ORGANIZATION, SCHEMA, TABLES, Table

ORGANIZATION_SETTING = "portal.organization"
"""What tells the policies whose rows a transaction may touch."""

_POLICY = "own_organization"
_IS_OWN = (
    # Within a SELECT of its own it is worked out once for a statement, not for each row.
    f"{ORGANIZATION} = (SELECT CAST(NULLIF(current_setting('{ORGANIZATION_SETTING}', TRUE), '') AS BIGINT))"
)


def lower_walls(session: Session) -> None:
    """Let the tables' owner reach every organization's rows, within the transaction of `session` and nowhere else."""
    for table in _walled(session):
        session.change(f"ALTER TABLE {table.address} NO FORCE ROW LEVEL SECURITY")


def raise_walls(session: Session) -> None:
    """Give every table its wall that has none, or whose wall was lowered."""
    walled = _walled(session)
    known = session.fetch(
        "SELECT tablename FROM pg_policies WHERE schemaname = $schema AND policyname = $policy",
        {"schema": SCHEMA, "policy": _POLICY},
    )
    for table in TABLES:
        if (table.name,) not in known:
            session.change(f"CREATE POLICY {_POLICY} ON {table.address} USING ({_IS_OWN})")
        if table not in walled:
            session.change(f"ALTER TABLE {table.address} ENABLE ROW LEVEL SECURITY")
            session.change(f"ALTER TABLE {table.address} FORCE ROW LEVEL SECURITY")


def passes_walls(session: Session) -> bool:
    """Whether the role of this connection sees through the walls."""
    found = session.fetch("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return bool(found[0][0])


def _walled(session: Session) -> list[Table]:
    found = session.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($schema) AND relforcerowsecurity",
        {"schema": SCHEMA},
    )
    return [table for table in TABLES if (table.name,) in found]
