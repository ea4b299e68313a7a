"""The migrations, and the rules that the tables themselves keep."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError

from partner_portal.organizations.models import SyncRun
from partner_portal.organizations.validation import check_currency, check_time_zone


def test_no_migration_is_missing(db):
    said = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said, stderr=said)


def test_django_finds_nothing_to_complain_of():
    call_command("check", fail_level="WARNING")


def test_one_sync_of_an_organization_is_open_at_a_time(parts, organization):
    now = parts.clock.now()
    SyncRun.objects.create(organization=organization, started_at=now, heartbeat_at=now, finished_at=now)
    SyncRun.objects.create(organization=organization, started_at=now, heartbeat_at=now)
    with pytest.raises(IntegrityError):
        SyncRun.objects.create(organization=organization, started_at=now, heartbeat_at=now)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu"])
def test_iana_names_are_time_zones(name):
    check_time_zone(name)


@pytest.mark.parametrize("name", ["", "Berlin", "+02:00", "europe/berlin", "posix/../UTC"])
def test_other_names_are_not(name):
    with pytest.raises(ValidationError):
        check_time_zone(name)


@pytest.mark.parametrize("code", ["US", "usd", "US$", "USD\n", ""])
def test_a_currency_is_three_capital_letters(code):
    check_currency("USD")
    with pytest.raises(ValidationError):
        check_currency(code)
