"""`portal`: every command is one function here or in the module of its subject."""

from __future__ import annotations

import typer

from partner_portal.cli import (
    audit,
    backup,
    connection,
    demo,
    mapping,
    migrate_store,
    people,
    records,
    report,
    sandbox,
    serve,
    sync,
    team,
    token,
    vault,
    verify,
    worker,
)
from partner_portal.cli.failure import failures_explained

app = typer.Typer(
    name="portal",
    help="Sales reporting over Autotask PSA. Data goes to standard output, everything else to standard error.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("sandbox")(sandbox.sandbox)
app.command("connect")(connection.connect)
app.command("test-connection")(connection.try_connection)
app.command("disconnect")(connection.disconnect)
app.command("sync")(sync.sync)
app.command("verify")(verify.verify)
app.command("report")(report.report)
app.command("records")(records.records)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("migrate-store")(migrate_store.migrate_store)
app.add_typer(mapping.mapping_app, name="mapping")
app.add_typer(team.team_app, name="team")
app.add_typer(token.token_app, name="token")
app.add_typer(audit.audit_app, name="audit")
app.add_typer(vault.vault_app, name="vault")
app.add_typer(people.organization_app, name="organization")
app.add_typer(people.user_app, name="user")


def main() -> None:
    """Run the command line; known failures end in one line and exit code 1 or 2."""
    with failures_explained():
        app()
