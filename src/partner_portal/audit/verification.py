"""Checking that nobody changed, removed, inserted or reordered audit entries behind the portal's back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from partner_portal.audit.chain import BEFORE_THE_FIRST, hash_of
from partner_portal.audit.models import Entry, Head

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Noted:
    """The end of a chain as somebody noted it outside of the portal: it must still be there, with this hash."""

    chain: int
    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.count}:{self.hash}"


@dataclass(frozen=True)
class Finding:
    """What a chain's check found: its sound end, and the first thing that is wrong, None where all is well."""

    end: Noted
    problem: str | None


def noted_from(text: str) -> Noted:
    """The end that is written `chain:count:hash`. Raises ValueError."""
    chain, count, digest = text.strip().split(":")
    return Noted(int(chain), int(count), digest)


def verify_chains(noted: tuple[Noted, ...] = ()) -> Iterator[Finding]:
    """Check every chain from its first entry on; `noted` are ends from before, of which each must still be there.

    Entries may be added meanwhile: a chain is checked as far as it went when its turn came.
    The last entries of a chain can be removed together with its head, and a chain as a whole: only an end that was
    noted outside shows that.
    """
    known = set(Head.objects.values_list("chain", flat=True))
    found = set(Entry.objects.order_by().values_list("chain", flat=True).distinct())
    for chain in sorted(known | found | {end.chain for end in noted}):
        yield _verify(chain, {end.count: end.hash for end in noted if end.chain == chain})


def _verify(chain: int, noted: dict[int, str]) -> Finding:
    head = Head.objects.filter(chain=chain).first()
    count, before = 0, BEFORE_THE_FIRST
    entries = Entry.objects.filter(chain=chain).order_by("number", "pk")
    if head is not None:
        entries = entries.filter(number__lte=head.count)
    for entry in entries.iterator(chunk_size=ROWS_AT_ONCE):
        problem = _problem_of(entry, count + 1, before) or _not_as_noted(entry, noted)
        if problem:
            return Finding(Noted(chain, count, before), problem)
        count, before = entry.number, entry.hash
    return Finding(Noted(chain, count, before), _problem_of_end(chain, head, count, before, noted))


def _problem_of(entry: Entry, expected: int, before: str) -> str | None:
    if entry.number > expected:
        return f"{_entries(expected, entry.number - 1)} missing before entry {_called(entry)}: removed or reordered."
    if entry.number < expected:
        return f"Entry {_called(entry)} is out of its place: inserted or reordered."
    if entry.hash != hash_of(entry, before):
        return f"Entry {_called(entry)} is not what was written: changed, inserted or reordered."
    return None


def _not_as_noted(entry: Entry, noted: dict[int, str]) -> str | None:
    if noted.get(entry.number, entry.hash) == entry.hash:
        return None
    return f"Entry {_called(entry)} has another hash than was noted: it, or one before it, was written anew."


def _problem_of_end(chain: int, head: Head | None, count: int, last: str, noted: dict[int, str]) -> str | None:
    if head is None:
        return "The record of where the chain ends is missing: removed." if count else "The chain is missing: removed."
    if head.count > count:
        return f"{_entries(count + 1, head.count)} missing at the end: removed."
    if head.hash != last:
        return "The record of where the chain ends does not fit its last entry: changed."
    if noted and max(noted) > count:
        return f"{_entries(count + 1, max(noted))} missing at the end, though noted: removed."
    stray = Entry.objects.filter(chain=chain, number__gt=count).order_by("number").first()
    if stray is not None and not Head.objects.filter(chain=chain, count__gte=stray.number).exists():
        return f"Entry {_called(stray)} stands behind the end of the chain: inserted."
    return None


def _entries(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"


def _called(entry: Entry) -> str:
    return f"{entry.number} (row {entry.pk}, {entry.at:%Y-%m-%d %H:%M:%S} UTC, {entry.actor}, {entry.action})"
