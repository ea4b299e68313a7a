"""Many Autotask tenants in one process: one address, one sandbox per API user.

`python -m benchmarks.tenants PORT SECONDS_OF_LATENCY SIZE...` serves them, SIZE being the activities of each tenant.
The API user of tenant 3 is `api-user-3@sandbox.invalid`; its control plane is below `/3/_sandbox/`.
"""

from __future__ import annotations

import random
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from benchmarks.processes import HOST, Running, ending, free_port, start, wait_until_ready
from benchmarks.sandbox import Sandbox
from partner_portal.sandbox.app import SandboxApp, build
from partner_portal.sandbox.generation.plan import Sizes
from partner_portal.sandbox.options import Options
from partner_portal.sandbox.server import running
from partner_portal.sandbox.state import Login
from partner_portal.sandbox.world import generate

MEDIAN_ACTIVITIES = 3_000
SPREAD = 1.0
"""Standard deviation of the logarithm: a sixth of the tenants have over 2.7 times the median, 1 in 44 over 7.4."""
FEWEST, MOST = 200, 200_000
HOURLY_LIMIT = 1_000_000
PART = 1 / 6_000
"""The default sizes of a sandbox belong to 6,000 activities."""


def drawn_sizes(count: int, *, scale: float = 1.0, seed: int = 7) -> list[int]:
    """Activities of `count` tenants, log-normal around the median; the first ones stay the same as `count` grows."""
    chance = random.Random(seed)
    drawn = [chance.lognormvariate(0, SPREAD) * MEDIAN_ACTIVITIES * scale for _ in range(count)]
    return [round(min(max(size, FEWEST * scale), MOST * scale)) for size in drawn]


def username(number: int) -> str:
    """The API user of tenant `number`."""
    return f"api-user-{number}@sandbox.invalid"


class Tenants:
    """An ASGI application that hands each request to the sandbox of the API user who sent it."""

    def __init__(self, sandboxes: Sequence[SandboxApp]) -> None:
        self._by_number = {str(number): each for number, each in enumerate(sandboxes)}
        self._by_user = {each.state.login.username: each for each in sandboxes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; one of nobody's goes to the first tenant, which refuses it."""
        number, _, rest = scope["path"].lstrip("/").partition("/")
        chosen = self._by_number.get(number)
        if chosen is not None:
            scope = {**scope, "path": f"/{rest}"}
        await (chosen or self._by_user.get(_user_of(scope), self._by_number["0"]))(scope, receive, send)


def _user_of(scope: Scope) -> str:
    headers = {name.lower(): value.decode() for name, value in scope["headers"]}
    asked = parse_qs(scope["query_string"].decode()).get("user", [""])
    return str(headers.get(b"username", asked[0]))


def sandbox_of(number: int, activities: int, *, latency_seconds: float = 0.0) -> SandboxApp:
    """The sandbox of one tenant; its other entities grow with its activities."""
    sizes = Sizes()
    grown = {name: max(20, round(getattr(sizes, name) * activities * PART)) for name in Sizes.__struct_fields__}
    world = generate(seed=number + 1, activities=activities, sizes=Sizes(**grown))
    options = Options(latency_seconds=latency_seconds, release_seconds=0, hourly_limit=HOURLY_LIMIT)
    return build(world, options=options, login=Login(username(number)))


@contextmanager
def tenants(sizes: Sequence[int], folder: Path, *, latency_ms: int = 0) -> Iterator[tuple[Running, list[Sandbox]]]:
    """The tenants in a process of their own, and the knobs of each."""
    port = free_port()
    words = [str(port), str(latency_ms / 1000), *map(str, sizes)]
    made = start(folder / "tenants.log", {}, *words, module="benchmarks.tenants")
    served = Running(made.process, made.log, f"http://{HOST}:{port}")
    with ending(served):
        wait_until_ready(served, "/ATServicesRest/VersionInformation")
        yield served, [Sandbox(f"{served.address}/{number}", made.process.pid) for number in range(len(sizes))]


def main() -> int:
    """Serve until SIGTERM."""
    port, latency_seconds, *sizes = sys.argv[1:]
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    made = [sandbox_of(number, int(size), latency_seconds=float(latency_seconds)) for number, size in enumerate(sizes)]
    with running(Tenants(made), port=int(port)):
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
