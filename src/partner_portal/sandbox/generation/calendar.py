"""Days and hours of an office: when things happen, in the tenant's zone, as seconds since 1970 in UTC."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

_BY_WEEKDAY = (1.0, 1.15, 1.1, 1.1, 0.85, 0.07, 0.04)
_BY_MONTH = (0.95, 1.0, 1.1, 1.05, 1.05, 1.0, 0.8, 0.75, 1.1, 1.1, 1.05, 0.7)
_BY_HOUR = (2, 1, 1, 1, 1, 2, 6, 30, 85, 120, 125, 110, 60, 80, 115, 110, 95, 60, 25, 10, 8, 6, 4, 4)
_HOLIDAYS = {(1, 1), (7, 4), (12, 24), (12, 25), (12, 26)}
_YEARLY_GROWTH = 0.25
HOUR = 3_600
DAY = 86_400


@lru_cache(maxsize=8_192)
def _day_text(day: int) -> str:
    return date.fromordinal(719_163 + day).isoformat()


_MINUTE_TEXTS = tuple(f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1_440))
_SECOND_TEXTS = tuple(f"{second:02d}" for second in range(60))


def instant_text(seconds: float, thousandths: int = 0) -> str:
    """An instant as the API writes it: to the second, with up to three more digits where there are thousandths."""
    day, rest = divmod(int(seconds), DAY)
    minute, second = divmod(rest, 60)
    head = _day_text(day) + _MINUTE_TEXTS[minute] + _SECOND_TEXTS[second]
    return f"{head}.{thousandths:03d}".rstrip("0") + "Z" if thousandths else head + "Z"


class Calendar:
    """The days from `first` to `last` in `zone`, busier over the years, quiet at weekends and on holidays.

    Nothing that is drawn as past lies after `now` (seconds), not even on the day of `now`.
    """

    def __init__(self, first: date, last: date, now: datetime, zone: ZoneInfo) -> None:
        self.now = now.timestamp()
        self.today = now.astimezone(zone).date()
        self.days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        self._midnights = [datetime.combine(day, time(), zone).timestamp() for day in self.days]
        self._today_index = (self.today - first).days
        self._weights = [self._weight(index, day) for index, day in enumerate(self.days)]
        self._hours = list(accumulate(_BY_HOUR))

    def midnight(self, day: date) -> float:
        """The local start of a day."""
        return self._midnights[min(max(0, (day - self.days[0]).days), len(self.days) - 1)]

    def day_of(self, seconds: float) -> date:
        """The local date of an instant."""
        return self.days[max(0, bisect_right(self._midnights, seconds) - 1)]

    def past(self, random: Random, count: int) -> list[float]:
        """`count` instants up to now in ascending order; some of today and of yesterday, whatever day it is."""
        if count < 1:
            return []
        indices = random.choices(range(self._today_index + 1), self._weights[: self._today_index + 1], k=count)
        for place, index in enumerate(self._always(count)):
            indices[place] = index
        return sorted(self._instants(random, indices))

    def ahead(self, random: Random, count: int) -> list[float]:
        """`count` instants after now in ascending order; some within the next two days."""
        indices = list(range(self._today_index + 1, len(self.days)))
        drawn = random.choices(indices, self._weights[self._today_index + 1 :], k=count)
        for place, index in enumerate(indices[:2][: max(0, count - 1)]):
            drawn[place] = index
        return sorted(self._instants(random, drawn))

    def _always(self, count: int) -> list[int]:
        share = min(12, max(1, count // 400))
        return ([self._today_index] * share + [self._today_index - 1] * share)[:count]

    def _instants(self, random: Random, indices: Sequence[int]) -> list[float]:
        hours = random.choices(range(24), cum_weights=self._hours, k=len(indices))
        instants = []
        for index, hour in zip(indices, hours, strict=True):
            instant = self._midnights[index] + hour * 3_600 + int(random.random() * 3_600)
            if index == self._today_index and instant >= self.now:
                instant = self._midnights[index] + int(random.random() * (self.now - self._midnights[index]))
            instants.append(instant)
        return instants

    def _weight(self, index: int, day: date) -> float:
        quiet = 0.05 if (day.month, day.day) in _HOLIDAYS else 1.0
        growth = 1 + _YEARLY_GROWTH * index / 365
        return _BY_WEEKDAY[day.weekday()] * _BY_MONTH[day.month - 1] * quiet * growth
