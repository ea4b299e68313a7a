"""Django's database, made from DATABASE_URL."""

from __future__ import annotations

from pathlib import Path

from partner_portal.settings.database import database


def test_without_an_address_it_is_a_file_of_the_data_directory():
    made = database("", Path("/srv/portal"))
    assert made["ENGINE"] == "django.db.backends.sqlite3"
    assert made["NAME"] == Path("/srv/portal/portal.sqlite")
    assert made["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_postgresql_address_is_taken_apart():
    made = database("postgresql://por%20tal:p%40ss@db.example:5433/sales?sslmode=require", Path("data"))
    assert made["ENGINE"] == "django.db.backends.postgresql"
    assert (made["USER"], made["PASSWORD"]) == ("por tal", "p@ss")
    assert (made["HOST"], made["PORT"], made["NAME"]) == ("db.example", "5433", "sales")
    assert made["OPTIONS"] == {"sslmode": "require"}
