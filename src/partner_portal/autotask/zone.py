"""Zone discovery: which of Autotask's hosts serves a tenant (API.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from partner_portal.autotask.answers import error_texts, problem_of
from partner_portal.autotask.documents import Document, read_document
from partner_portal.autotask.errors import AutotaskError, MalformedAnswer, UnknownUser, ZoneMissing, ZoneRefused
from partner_portal.autotask.exchange import Exchange
from partner_portal.autotask.hosts import AllowedHosts
from partner_portal.autotask.transport import Request, Response

ENTRY_URL = "https://webservices.autotask.net"
VERSION = "V1.0"
"""Pinned: the last version that the API lists is not one it serves zones for (API.md section 1)."""

ZONE_INFORMATION = "ZoneInformation"
SERVICE = "ATServicesRest"


@dataclass(frozen=True)
class Zone:
    """Where a tenant lives. `url` is the checked base of all calls, without a trailing slash.

    `web_url` is the base of links into Autotask's own pages, `ci` the number of the tenant's database.
    """

    name: str
    url: str
    web_url: str | None
    ci: int | None


def api_base(url: str) -> str:
    """The base of all calls below a zone's or an entry's `url`, whether or not it names the service or version."""
    segments = urlsplit(url).path.split("/")
    dropped = {"", SERVICE.lower(), VERSION.lower()}
    while segments and segments[-1].lower() in dropped:
        segments.pop()
    return urlsplit(url)._replace(path="/".join([*segments, SERVICE, VERSION]), query="", fragment="").geturl()


async def discover(exchange: Exchange, entry_url: str, username: str, hosts: AllowedHosts) -> Zone:
    """Ask the entry address for the zone of `username`; no secret is sent.

    Raises `UnknownUser`, `ZoneRefused`, `ZoneMissing`, `HostRefused`, and what an `Exchange` raises.
    """
    address = f"{api_base(hosts.check(entry_url))}/{ZONE_INFORMATION}?user={quote(username, safe='')}"

    def judge(entity: str, host: str, response: Response) -> AutotaskError | None:
        if response.status == 401:
            return ZoneRefused(host)
        if response.status == 404:
            return ZoneMissing(host)
        if any("could not be determined" in text for text in error_texts(response)):
            return UnknownUser(username)
        return problem_of(entity, host, response)

    def read(response: Response) -> Zone:
        return _zone(read_document(ZONE_INFORMATION, response.body), hosts)

    return await exchange.ask(ZONE_INFORMATION, Request("GET", address), read, judge=judge)


def _zone(answer: Document, hosts: AllowedHosts) -> Zone:
    url = answer.text("url")
    if not url:
        raise MalformedAnswer(ZONE_INFORMATION, "no url")
    return Zone(
        name=answer.text("zoneName") or "",
        url=api_base(hosts.check(url)),
        web_url=_web_url(answer.text("webUrl")),
        ci=answer.number("ci"),
    )


def _web_url(url: str | None) -> str | None:
    """Pages link there, so anything but a web address is dropped."""
    return url if url and urlsplit(url).scheme in {"https", "http"} else None
