"""The wire: one request in, one response out. Sockets, an in-process app and a test's script are interchangeable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlsplit

import aiohttp

from partner_portal.autotask.errors import (
    AnswerCutShort,
    AnswerTooLarge,
    AutotaskError,
    HostUnreachable,
    TlsFailed,
    WriteRefused,
)

READING_POST = re.compile(r".*/[A-Za-z]+/query(?:/count)?")
MAX_BODY_BYTES = 64 * 2**20
CONNECT_SECONDS = 15


@dataclass(frozen=True)
class Request:
    """One call to be sent. Anything that could write raises `WriteRefused` here, whatever sends it."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        path = urlsplit(self.url).path
        if self.method == "GET" and not self.body:
            return
        if self.method == "POST" and READING_POST.fullmatch(path):
            return
        raise WriteRefused(self.method, path)

    @property
    def host(self) -> str:
        """Host and port the request goes to, for messages."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True)
class Response:
    """One answer. Header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Sends requests. Follows no redirects, keeps no cookies, retries nothing."""

    async def send(self, request: Request) -> Response:
        """Send one request. Raises `HostUnreachable`, `AnswerCutShort` or `AnswerTooLarge`, nothing else."""

    async def close(self) -> None:
        """Give connections back."""


class AiohttpTransport:
    """Real sockets. How many requests run at once and how long one may take is the client's business."""

    def __init__(self, *, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._max_body_bytes = max_body_bytes
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request) -> Response:
        """Send one request; see `Transport.send`."""
        answer = await self._attempt(request)
        # Raised out here, so that no exception of the HTTP library, which may hold headers, hangs on to it.
        if isinstance(answer, AutotaskError):
            raise answer
        return answer

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempt(self, request: Request) -> Response | AutotaskError:
        try:
            return await self._exchange(request)
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError) as cause:
            return TlsFailed(request.host, f"TLS failed ({type(cause).__name__})")
        except aiohttp.ClientConnectorError as cause:
            return HostUnreachable(request.host, cause.strerror or "no connection")
        except aiohttp.ClientPayloadError:
            return AnswerCutShort(request.host, "the body ended early")
        except TimeoutError:
            return HostUnreachable(request.host, "no answer in time")
        except (aiohttp.ClientError, OSError) as cause:
            return HostUnreachable(request.host, f"the connection was lost ({type(cause).__name__})")

    async def _exchange(self, request: Request) -> Response | AutotaskError:
        async with self._opened().request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body or None,
            allow_redirects=False,
        ) as answer:
            body = bytearray()
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > self._max_body_bytes:
                    answer.close()
                    return AnswerTooLarge(request.host, f"more than {self._max_body_bytes} bytes")
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status, headers, bytes(body))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
            )
        return self._session
