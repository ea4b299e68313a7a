"""Which addresses the client may call: the API secret goes to no other host."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from partner_portal.autotask.errors import HostRefused

HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+")


@dataclass(frozen=True)
class AllowedHosts:
    """The hosts an installation trusts: names, or `*.name` for every host below a name.

    `loopback` is set when the entry address itself is on loopback; only then may other addresses be, and only
    there plain http is accepted.
    """

    patterns: tuple[str, ...]
    loopback: bool

    @classmethod
    def from_entry(cls, patterns: Iterable[str], entry_url: str) -> AllowedHosts:
        """The hosts allowed to a client that starts at `entry_url`."""
        return cls(tuple(pattern.strip().lower() for pattern in patterns), is_loopback(_host(entry_url)))

    def check(self, url: str) -> str:
        """`url` without query and fragment, put together anew from the parts that were checked.

        Raises `HostRefused` for a host outside the list, a scheme that does not protect the secret, and an
        address that different parsers could read differently.
        """
        parts = _split(url)
        host = _host(url)
        if parts.username is not None or parts.password is not None or not HOST_NAME.fullmatch(host):
            raise HostRefused(host, "the address is not a plain host name")
        if is_loopback(host):
            if not self.loopback:
                raise HostRefused(host, "loopback is only for an entry address on loopback")
        elif not any(_matches(host, pattern) for pattern in self.patterns):
            raise HostRefused(host, f"only {', '.join(self.patterns) or 'no host'} may be called")
        elif parts.scheme != "https":
            raise HostRefused(host, "https is required")
        if parts.scheme not in {"https", "http"}:
            raise HostRefused(host, "https is required")
        bracketed = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
        return urlunsplit((parts.scheme, bracketed + port, parts.path, "", ""))


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) >= len(pattern)
    return host == pattern


def _host(url: str) -> str:
    return (_split(url).hostname or "").lower()


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises ValueError for a port that is no number
    except ValueError:
        raise HostRefused("", "the address cannot be read") from None
    return parts
