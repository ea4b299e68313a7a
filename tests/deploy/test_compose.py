"""The compose file fits the portal: settings, commands and ports exist, and nothing has a right that it needs not."""

from __future__ import annotations

import re

import pytest

from deploy.described import DEPLOY, OF_THE_PROXY, OURS, compose, known_names

SERVICES = sorted(compose()["services"])
OF_THE_PORTAL = ("pages", "worker")


def service(name: str) -> dict:
    return compose()["services"][name]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name) -> None:
    held = service(name)
    assert held["read_only"] is True
    assert held["cap_drop"] == ["ALL"]
    assert held["security_opt"] == ["no-new-privileges:true"]
    assert set(held.get("cap_add", [])) <= {"NET_BIND_SERVICE"}
    assert "privileged" not in held


@pytest.mark.parametrize("name", OF_THE_PORTAL)
def test_every_setting_exists(name) -> None:
    assert set(service(name)["environment"]) <= known_names()


def test_every_name_that_is_mentioned_is_one_of_the_portals_or_of_the_proxys() -> None:
    mentioned = set(OURS.findall((DEPLOY / "compose.yaml").read_text("utf-8")))
    assert mentioned <= known_names() | OF_THE_PROXY


@pytest.mark.parametrize("name", OF_THE_PORTAL)
def test_every_command_and_option_exists(name) -> None:
    from typer.main import get_command

    from partner_portal.cli.main import app

    command, *options = service(name)["command"]
    known = {
        option for each in get_command(app).commands[command].params for option in (*each.opts, *each.secondary_opts)
    }
    assert {option for option in options if option.startswith("--")} <= known


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_are_files_that_are_declared_and_named_by_their_path(name) -> None:
    held, declared = service(name), compose()["secrets"]
    assert set(held.get("secrets", [])) <= set(declared)
    for setting, value in held.get("environment", {}).items():
        if str(value).startswith("/run/secrets/"):
            assert setting.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in held["secrets"]
    assert all(secret["file"].startswith("secrets/") for secret in declared.values())


def test_no_secret_is_a_value() -> None:
    for name in SERVICES:
        for setting in service(name).get("environment", {}):
            assert not re.search(r"(PASSWORD|SECRET|KEYS?|URL)$", setting) or setting == "PORTAL_PUBLIC_URL", setting


def test_proxy_health_and_pages_agree_on_port_and_name() -> None:
    pages = service("pages")
    port = pages["command"][pages["command"].index("--port") + 1]
    assert f"{{$PORTAL_PAGES:pages:{port}}}" in (DEPLOY / "Caddyfile").read_text("utf-8")
    assert pages["environment"]["PORTAL_ALLOWED_HOSTS"] == "pages"
    worker = service("worker")["command"]
    for name, told in (("pages", port), ("worker", worker[worker.index("--metrics-port") + 1])):
        assert f"http://127.0.0.1:{told}/readyz" in service(name)["healthcheck"]["test"][-1]


def test_only_the_proxy_can_be_reached_from_outside_and_only_the_portal_reaches_the_database() -> None:
    assert [name for name in SERVICES if "ports" in service(name)] == ["proxy"]
    assert compose()["networks"]["back"] == {"internal": True}
    assert sorted(name for name in SERVICES if "back" in service(name)["networks"]) == ["database", "pages", "worker"]


def test_a_portal_that_is_told_to_stop_has_the_time_it_needs() -> None:
    from partner_portal.cli.worker import LONGEST_STOP_SECONDS

    for name in OF_THE_PORTAL:
        assert int(service(name)["stop_grace_period"].removesuffix("s")) > LONGEST_STOP_SECONDS


def test_the_metrics_stay_inside() -> None:
    assert "@inside path /metrics /livez /readyz\n\trespond @inside 404" in (DEPLOY / "Caddyfile").read_text("utf-8")
