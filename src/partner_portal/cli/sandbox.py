"""`portal sandbox`: a local Autotask over generated data, for demos, development and tests of any client."""

from __future__ import annotations

from typing import Annotated

import typer

from partner_portal.cli.failure import WrongUse, say
from partner_portal.cli.serve import Host, Port, refuse_taken_port
from partner_portal.lib.zone import ZoneError, zone_named

DIALECTS = ("live", "guide")
MOST_ROWS = 2_000_000


def sandbox(
    host: Host = "127.0.0.1",
    port: Port = 8810,
    seed: Annotated[int, typer.Option(help="The world is a function of it and of today's date.")] = 1,
    activities: Annotated[int, typer.Option(min=0, max=MOST_ROWS, help="How many activities to generate.")] = 6_000,
    dialect: Annotated[str, typer.Option(help="live (real tenants) or guide.")] = "live",
    time_zone: Annotated[str, typer.Option(help="IANA name of the tenant's time zone.")] = "America/New_York",
    latency_ms: Annotated[int, typer.Option(min=0, help="Added to every request.")] = 0,
    size: Annotated[
        list[str] | None, typer.Option(help="Rows of another entity, such as opportunities=20000; may be repeated.")
    ] = None,
    release_ms: Annotated[int, typer.Option(min=0, help="How late a thread is freed after its answer.")] = 50,
) -> None:
    """Serve the sandbox until stopped."""
    if dialect not in DIALECTS:
        raise WrongUse(f"Unknown dialect {dialect!r}. Choose one of: {', '.join(DIALECTS)}.")
    sizes = _sizes(size or [])
    try:
        zone_named(time_zone)
    except ZoneError as unknown:
        raise WrongUse(str(unknown)) from None
    refuse_taken_port(host, port)
    from partner_portal.sandbox.generation.plan import Sizes
    from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
    from partner_portal.sandbox.options import Options
    from partner_portal.sandbox.server import serve
    from partner_portal.sandbox.world import generate

    world = generate(seed=seed, activities=activities, dialect=dialect, time_zone=time_zone, sizes=Sizes(**sizes))
    say(f"Autotask sandbox on http://{host}:{port} ({dialect} dialect, {activities} activities).")
    say(f"User name {USERNAME}, secret {SECRET}, integration code {INTEGRATION_CODE}.")
    options = Options(latency_seconds=latency_ms / 1000, release_seconds=release_ms / 1000)
    serve(world, host, port, options=options)


def _sizes(given: list[str]) -> dict[str, int]:
    """The sizes of `given`, each written name=number. Raises `WrongUse` for anything else."""
    from partner_portal.sandbox.generation.plan import Sizes

    sizes = {}
    for entry in given:
        name, _, number = entry.partition("=")
        if name not in Sizes.__struct_fields__ or not number.isdecimal() or int(number) > MOST_ROWS:
            names = ", ".join(Sizes.__struct_fields__)
            raise WrongUse(f"{entry!r} is no size. Write name=number, at most {MOST_ROWS}, with one of: {names}.")
        sizes[name] = int(number)
    return sizes
