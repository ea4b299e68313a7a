"""Which addresses may be called."""

from __future__ import annotations

import pytest

from partner_portal.autotask.errors import HostRefused
from partner_portal.autotask.hosts import AllowedHosts

REAL = AllowedHosts.from_entry(("*.autotask.net",), "https://webservices.autotask.net")
LOCAL = AllowedHosts.from_entry(("*.autotask.net",), "http://127.0.0.1:8010")


@pytest.mark.parametrize(
    "url",
    [
        "https://webservices5.autotask.net/ATServicesRest/",
        "https://WEBSERVICES5.Autotask.NET/ATServicesRest/",
        "https://webservices5.autotask.net:443/x",
    ],
)
def test_autotasks_own_hosts_may_be_called(url) -> None:
    assert REAL.check(url).lower().startswith("https://webservices5.autotask.net")


@pytest.mark.parametrize(
    "url",
    [
        "http://webservices5.autotask.net/",
        "ftp://webservices5.autotask.net/",
        "https://autotask.net.evil.example/",
        "https://evilautotask.net/",
        "https://autotask.net/",
        "https://.autotask.net/",
        "https://webservices5.autotask.net@evil.example/",
        "https://user:word@webservices5.autotask.net/",
        "https://evil.example\\@webservices5.autotask.net/",
        "https://evil.example\\.autotask.net/",
        "https://evil.example#.autotask.net/",
        "https://evil.example?.autotask.net",
        "https://webservices5.autotask.net:port/",
        "https://[::1/",
        "https://127.0.0.1/",
        "http://localhost/",
        "https://10.0.0.1/",
        "//webservices5.autotask.net/",
        "webservices5.autotask.net",
        "",
    ],
)
def test_anything_else_is_refused(url) -> None:
    with pytest.raises(HostRefused):
        REAL.check(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/ATServicesRest/", "http://localhost/", "http://[::1]:8010/", "https://127.0.0.2/"]
)
def test_an_entry_on_loopback_opens_loopback(url) -> None:
    assert LOCAL.check(url) == url


def test_an_entry_on_loopback_does_not_open_plain_http_elsewhere() -> None:
    with pytest.raises(HostRefused):
        LOCAL.check("http://webservices5.autotask.net/")
    with pytest.raises(HostRefused):
        LOCAL.check("ftp://127.0.0.1/")
    with pytest.raises(HostRefused):
        LOCAL.check("http://192.168.0.9/")


def test_a_host_can_be_allowed_by_its_name() -> None:
    hosts = AllowedHosts.from_entry((" Gateway.example ",), "https://gateway.example")
    assert hosts.check("https://gateway.example/a?b#c") == "https://gateway.example/a"
    with pytest.raises(HostRefused):
        hosts.check("https://x.gateway.example/")
