"""Which acts were unusual: rules over what the audit trail tells, each looking back only, so that no mark ever changes.

Refusals and log-ins are judged as they happen and again whenever the log is read, what was taken only then.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from ipaddress import IPv6Address, ip_address
from statistics import median

from partner_portal.audit.account_events import LogInFailed, OpenIdRefused, SecondFactorRefused

FAILED_LOG_INS = frozenset({LogInFailed.action, OpenIdRefused.action, SecondFactorRefused.action})

MANY_FAILURES, FAILURES_WITHIN = 5, timedelta(minutes=15)
"""Who forgot a password gives up or asks for a link before the fifth try; the throttle lets five through in as many
minutes, so that whoever guesses on gets here."""
MANY_REFUSALS, REFUSALS_WITHIN = 10, timedelta(hours=1)
"""Pages do not offer what a role may not do: a stale bookmark is refused once or twice, ten times is a search."""
MANY_ROWS = 1_000
"""Ten screens of records; below it even somebody without any habit is nobody's alarm."""
TIMES_THE_HABIT = 10
HABIT = timedelta(days=30)
"""A month: long enough for those who export once a week, short enough to follow a new task."""
IPV6_NETWORK = 64
"""Bits of an IPv6 address that stay: devices change the others every day by themselves (RFC 8981)."""


class Rule(Enum):
    """What makes an act unusual; the value is its name in logs and metrics."""

    FAILED_LOG_INS = "failed_log_ins"
    REFUSED_ACTS = "refused_acts"
    NEW_ADDRESS = "new_address"
    VOLUME = "volume"

    @property
    def meaning(self) -> str:
        """The rule in words."""
        return {
            Rule.FAILED_LOG_INS: f"{MANY_FAILURES} failed log-ins of one account, or from one network address, within "
            f"{_minutes(FAILURES_WITHIN)} minutes.",
            Rule.REFUSED_ACTS: f"{MANY_REFUSALS} refused acts of one person within "
            f"{_minutes(REFUSALS_WITHIN)} minutes.",
            Rule.NEW_ADDRESS: "A log-in from a network address from which this person never logged in, though they did "
            f"from others. Of an IPv6 address the first {IPV6_NETWORK} bits count.",
            Rule.VOLUME: f"More than {MANY_ROWS:,} rows exported, drilled into and queried from Autotask by one person "
            f"in a local day, and more than {TIMES_THE_HABIT} times the median of their days with any in the "
            f"{HABIT.days} days before.",
        }[self]


@dataclass(frozen=True)
class Mark:
    """Why an entry is unusual; `reason` is for people and names nobody."""

    rule: Rule
    reason: str


Marks = dict[int, list[Mark]]
"""The marks of entries, by the entry's key."""


@dataclass(frozen=True)
class Refusal:
    """An entry of something that was refused. `account` is the e-mail address that a failed log-in was tried with."""

    key: int
    at: datetime
    action: str
    person_id: int | None
    account: str
    address: str


@dataclass(frozen=True)
class FirstLogIn:
    """The entry of a person's first log-in from a network address; keys rise with time."""

    key: int
    person_id: int
    address: str


@dataclass(frozen=True)
class Taken:
    """An entry by which a person got `rows` records."""

    key: int
    rows: int


class _Trailing:
    """Counts what happened within a span, up to and with the latest."""

    def __init__(self, span: timedelta) -> None:
        self._span = span
        self._seen: defaultdict[Hashable, deque[datetime]] = defaultdict(deque)

    def count(self, what: Hashable, at: datetime) -> int:
        seen = self._seen[what]
        seen.append(at)
        while seen[0] < at - self._span:
            seen.popleft()
        return len(seen)


def mark_refusals(refusals: Iterable[Refusal]) -> Marks:
    """Mark failed log-ins and refused acts that are too many within a while; `refusals` are oldest first.

    Each one is marked from the one on that makes them too many.
    """
    marks: Marks = {}
    failures, acts = _Trailing(FAILURES_WITHIN), _Trailing(REFUSALS_WITHIN)
    for each in refusals:
        if each.action not in FAILED_LOG_INS:
            count = 0 if each.person_id is None else acts.count(each.person_id, each.at)
            if count >= MANY_REFUSALS:
                reason = f"{count} refused acts of this person within {_minutes(REFUSALS_WITHIN)} minutes"
                marks[each.key] = [Mark(Rule.REFUSED_ACTS, reason)]
            continue
        of_account = failures.count(("account", each.account.casefold()), each.at) if each.account else 0
        from_address = failures.count(("address", each.address), each.at) if each.address else 0
        for count, whose in ((of_account, "of this account"), (from_address, "from this network address")):
            if count >= MANY_FAILURES:
                reason = f"{count} failed log-ins {whose} within {_minutes(FAILURES_WITHIN)} minutes"
                marks.setdefault(each.key, []).append(Mark(Rule.FAILED_LOG_INS, reason))
    return marks


def mark_new_addresses(first: Iterable[FirstLogIn]) -> Marks:
    """Mark log-ins from addresses that were new to persons who had logged in before; unknown addresses tell nothing."""
    oldest: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for each in first:
        if each.address:
            keys, network = oldest[each.person_id], _network_of(each.address)
            keys[network] = min(each.key, keys.get(network, each.key))
    reason = "first log-in of this person from this network address"
    return {key: [Mark(Rule.NEW_ADDRESS, reason)] for keys in oldest.values() for key in sorted(keys.values())[1:]}


def most_usual(day: date, rows: Mapping[date, int]) -> int:
    """How many rows a person may take on the local `day` before it is unusual, by the `rows` of their days before."""
    habit = [count for held, count in rows.items() if count > 0 and day - HABIT <= held < day]
    return max(MANY_ROWS, int(TIMES_THE_HABIT * median(habit)) if habit else 0)


def mark_volume(most: int, day: Iterable[Taken]) -> Marks:
    """Mark the entry with which a person went beyond the `most` usual rows of a day; `day` has its entries in order."""
    rows = 0
    for each in day:
        rows += each.rows
        if rows > most:
            reason = f"{rows:,} rows taken by this person on this day, more than the usual {most:,} at most"
            return {each.key: [Mark(Rule.VOLUME, reason)]}
    return {}


def _network_of(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or int(known) >> (known.max_prefixlen - IPV6_NETWORK))


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)
