from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.lib.zone import ZoneError, first_instant, local_date, offset_changes, zone_named

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Casablanca",
)


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("America/Sao_Paulo", date(2018, 11, 4), datetime(2018, 11, 4, 3, tzinfo=UTC)),  # no midnight: 01:00 local
        ("Asia/Beirut", date(2022, 3, 27), datetime(2022, 3, 26, 22, tzinfo=UTC)),  # no midnight
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),  # midnight twice: the first
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),  # 23:30 became 00:30
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a day that never was
    ],
)
def test_a_local_day_begins_at_its_first_existing_instant(zone: str, day: date, instant: datetime):
    assert first_instant(day, ZoneInfo(zone)) == instant


def test_a_skipped_day_is_empty():
    apia = ZoneInfo("Pacific/Apia")
    assert first_instant(date(2011, 12, 30), apia) == first_instant(date(2011, 12, 31), apia)


@given(st.sampled_from(ZONES), st.dates(date(1975, 1, 1), date(2035, 1, 1)))
def test_a_day_starts_where_the_wall_shows_its_date_for_the_first_time(name: str, day: date):
    zone = ZoneInfo(name)
    starts_at = first_instant(day, zone)
    assert local_date(starts_at, zone) == day
    assert local_date(starts_at - timedelta(seconds=1), zone) == day - timedelta(days=1)


@given(st.sampled_from(ZONES), st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)), st.integers(1, 800))  # noqa: DTZ001
def test_offset_changes_give_the_offset_of_every_instant(name: str, start: datetime, days: int):
    zone = ZoneInfo(name)
    starts_at = start.replace(microsecond=0, tzinfo=UTC)
    ends_at = starts_at + timedelta(days=days)
    changes = offset_changes(zone, starts_at, ends_at)
    assert changes[0][0] == starts_at
    for step in range(0, days * 24, 7):
        instant = starts_at + timedelta(hours=step)
        offset = [offset for begins, offset in changes if begins <= instant][-1]
        assert offset == instant.astimezone(zone).utcoffset()


def test_offset_changes_are_exact_to_the_second():
    changes = offset_changes(
        ZoneInfo("Europe/Berlin"), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    )
    assert changes == (
        (datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1)),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), timedelta(hours=2)),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), timedelta(hours=1)),
    )


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused_with_a_remedy(name: str):
    with pytest.raises(ZoneError, match="IANA") as refusal:
        zone_named(name)
    assert "\n" not in str(refusal.value)
