"""People who open pages side by side, each in a session of their own, and what they saw of the server."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

import aiohttp

PERIODS = ("this_month", "last_month", "this_week", "this_quarter", "last_90_days", "this_year", "last_year", "today")
REPORTS = tuple(f"/?period={period}" for period in PERIODS)
PAGES = (
    *REPORTS,
    *(f"{page}?period={period}" for page in ("/activity/", "/pipeline/", "/people/") for period in PERIODS[:3]),
    *(f"/records/{metric}/?period=this_month" for metric in ("calls", "meetings", "open_deals")),
    "/appointments/",
    "/freshness/",
)
DOCUMENTS = tuple(f"/api/v1/sales-report?period={period}" for period in PERIODS)
WELL = (200, 204, 304)
PATIENCE = aiohttp.ClientTimeout(total=60)


@dataclass
class Seen:
    """Seconds that each answer took, how often each status came, what went wrong, bytes that came, seconds in all."""

    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    by_page: dict[str, list[float]] = field(default_factory=dict)
    received: int = 0
    seconds: float = 0.0

    @property
    def errors(self) -> int:
        """Answers that are none: refused, failed, cut off or too late."""
        return sum(self.problems.values()) + sum(n for status, n in self.statuses.items() if status not in WELL)

    def line(self) -> str:
        """Requests per second, median, 99th percentile, slowest, errors."""
        if len(self.taken) < 2:
            return f"{len(self.taken)} answers; {self.errors} errors {dict(self.problems)}"
        told = " ".join(f"{status}: {count:,}" for status, count in sorted(self.statuses.items()))
        return (
            f"{len(self.taken) / self.seconds:,.1f} requests/s; median {median(self.taken) * 1000:,.0f} ms, "
            f"99 % within {quantiles(self.taken, n=100, method='inclusive')[98] * 1000:,.0f} ms, "
            f"slowest {max(self.taken) * 1000:,.0f} ms; {self.errors} errors; {told}; "
            f"{self.received / 1024 / len(self.taken):,.1f} KB each{_told(self.problems)}"
        )

    def pages(self) -> str:
        """The median of each page, the slowest first."""
        medians = {page: median(taken) * 1000 for page, taken in self.by_page.items()}
        slowest = sorted(medians.items(), key=lambda each: -each[1])
        return ", ".join(f"{page} {taken:,.0f} ms" for page, taken in slowest)


def _told(problems: Counter[str]) -> str:
    return "".join(f"; {count} x {problem}" for problem, count in problems.most_common(3))


@dataclass(frozen=True)
class Habit:
    """What people open and how long they look at it: exponential around `think_seconds`, not at all where that is 0.

    `keeps` says whether they send the tag of what they hold, as browsers do.
    """

    pages: Sequence[str]
    think_seconds: float
    keeps: bool = True


@dataclass(frozen=True)
class Held:
    """What a browser holds: the tags of pages, and cookies; the one against forgery is part of what a page says."""

    tags: dict[str, str]
    cookies: dict[str, str]


async def read(address: str, sessions: Sequence[dict[str, str]], habit: Habit, seconds: float) -> Seen:
    """Let everybody of `sessions` read for so long; each draws pages and pauses from a chance of their own."""
    seen = Seen()
    began = time.perf_counter()
    connector = aiohttp.TCPConnector(limit=0)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(address, connector=connector, cookie_jar=jar, timeout=PATIENCE) as http:
        until = began + seconds
        await asyncio.gather(*(_person(http, n, session, habit, until, seen) for n, session in enumerate(sessions)))
    seen.seconds = time.perf_counter() - began
    return seen


async def _person(
    http: aiohttp.ClientSession, number: int, session: dict[str, str], habit: Habit, until: float, seen: Seen
) -> None:
    chance = random.Random(number)
    tags: dict[str, str] = {}
    cookies = dict([session["cookie"].split("=", 1)])
    await asyncio.sleep(chance.random() * habit.think_seconds)
    while time.perf_counter() < until:
        page = chance.choice(habit.pages)
        headers = {"Cookie": "; ".join(map("=".join, cookies.items()))}
        if habit.keeps and page in tags:
            headers["If-None-Match"] = tags[page]
        await _open(http, page, headers, Held(tags, cookies), seen)
        if habit.think_seconds:
            await asyncio.sleep(chance.expovariate(1 / habit.think_seconds))


async def _open(http: aiohttp.ClientSession, page: str, headers: dict[str, str], held: Held, seen: Seen) -> None:
    began = time.perf_counter()
    try:
        async with http.get(page, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
    except (aiohttp.ClientError, TimeoutError) as problem:
        seen.problems[type(problem).__name__] += 1
        return
    taken = time.perf_counter() - began
    seen.taken.append(taken)
    seen.by_page.setdefault(page.partition("?")[0], []).append(taken)
    seen.statuses[answer.status] += 1
    seen.received += len(body)
    held.cookies.update({name: morsel.value for name, morsel in answer.cookies.items()})
    if "ETag" in answer.headers:
        held.tags[page] = answer.headers["ETag"]
