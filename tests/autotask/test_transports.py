"""The wire itself: real sockets and an app in this process behave alike."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from autotask.scripted import SECRET
from partner_portal.autotask.asgi_transport import AsgiTransport
from partner_portal.autotask.errors import AnswerCutShort, AnswerTooLarge, HostUnreachable, TlsFailed
from partner_portal.autotask.transport import AiohttpTransport, Request

Serve = Callable[[bytes], Awaitable[str]]
HEADERS = {"Secret": SECRET, "UserName": "ü"}


@pytest.fixture
async def heard() -> list[bytes]:
    return []


@pytest.fixture
async def serve(heard) -> AsyncIterator[Serve]:
    """Starts a server on loopback that answers every request with the given bytes and closes; gives its address."""
    servers = []

    async def start(answer: bytes) -> str:
        async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
            heard.append(head + await reader.readexactly(int(length.partition(b":")[2])))
            writer.write(answer)
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


def answer(body: bytes, *, status: str = "200 OK", length: int | None = None, more: str = "") -> bytes:
    said = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {said}\r\n{more}Connection: close\r\n\r\n".encode() + body


async def fetch(request: Request, **more):
    transport = AiohttpTransport(**more)
    try:
        return await transport.send(request)
    finally:
        await transport.close()


async def test_a_query_arrives_as_it_was_written(serve, heard) -> None:
    url = f"{await serve(answer(b'{}', more='X-Said: Yes' + chr(13) + chr(10)))}/V1.0/Companies/query"
    response = await fetch(Request("POST", url, HEADERS, b'{"filter":[]}'))
    assert (response.status, response.body, response.headers["x-said"]) == (200, b"{}", "Yes")
    assert heard[0].startswith(b"POST /V1.0/Companies/query HTTP/1.1\r\n")
    assert b"\r\nSecret: " + SECRET.encode() in heard[0]
    assert heard[0].endswith(b'\r\n\r\n{"filter":[]}')


async def test_an_encoded_user_name_stays_encoded(serve, heard) -> None:
    await fetch(Request("GET", f"{await serve(answer(b'{}'))}/Z?user=a%2Bb%26c%40d"))
    assert heard[0].startswith((b"GET /Z?user=a%2Bb%26c%40d ", b"GET /Z?user=a%2Bb%26c@d "))


async def test_a_redirect_is_an_answer_and_not_followed(serve, heard) -> None:
    other = await serve(answer(b"other"))
    first = await serve(answer(b"", status="302 Found", more=f"Location: {other}/\r\n"))
    response = await fetch(Request("GET", first, HEADERS))
    assert response.status == 302
    assert len(heard) == 1


async def test_no_cookie_is_kept(serve, heard) -> None:
    url = await serve(answer(b"", more="Set-Cookie: a=b\r\n"))
    transport = AiohttpTransport()
    await transport.send(Request("GET", url))
    await transport.send(Request("GET", url))
    await transport.close()
    assert b"ookie" not in heard[1]


async def test_a_body_that_ends_early_is_no_answer(serve) -> None:
    with pytest.raises(AnswerCutShort):
        await fetch(Request("GET", await serve(answer(b'{"items":[', length=5000))))


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 2", b"\x00\xff nonsense\r\n\r\n"])
async def test_a_connection_that_is_lost_is_no_answer(serve, said) -> None:
    with pytest.raises(HostUnreachable, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        await fetch(Request("GET", await serve(said), HEADERS))


async def test_a_body_beyond_the_cap_is_left(serve) -> None:
    url = await serve(answer(b"x" * 5000))
    with pytest.raises(AnswerTooLarge):
        await fetch(Request("GET", url), max_body_bytes=4999)
    assert len((await fetch(Request("GET", url), max_body_bytes=5000)).body) == 5000


async def test_a_small_body_that_unpacks_to_a_large_one_is_left(serve) -> None:
    packed = gzip.compress(b"x" * 5_000_000)
    url = await serve(answer(packed, more="Content-Encoding: gzip\r\n"))
    with pytest.raises(AnswerTooLarge):
        await fetch(Request("GET", url), max_body_bytes=1_000_000)


async def test_no_exception_of_the_library_hangs_on_to_an_error(serve) -> None:
    with pytest.raises(HostUnreachable) as caught:
        await fetch(Request("GET", await serve(b""), HEADERS))
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


async def test_an_unknown_host_is_named(unused_tcp_port) -> None:
    with pytest.raises(HostUnreachable, match=f"127.0.0.1:{unused_tcp_port} cannot be reached: "):
        await fetch(Request("GET", f"http://127.0.0.1:{unused_tcp_port}/"))


async def test_an_app_sees_what_a_server_would_see() -> None:
    seen = {}

    async def app(scope, receive, send) -> None:
        seen.update(scope, body=(await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": [(b"X-Said", b"Yes")]})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    url = "http://127.0.0.1:8010/ATServicesRest/A%20b/query?user=a%2Bb"
    response = await AsgiTransport(app).send(Request("POST", url.replace("A%20b", "X"), HEADERS, b"{}"))
    assert (response.status, response.headers, response.body) == (201, {"x-said": "Yes"}, b"ab")
    assert (seen["method"], seen["path"], seen["query_string"]) == ("POST", "/ATServicesRest/X/query", b"user=a%2Bb")
    assert (seen["scheme"], seen["server"], seen["body"]) == ("http", ("127.0.0.1", 8010), b"{}")
    assert (b"host", b"127.0.0.1:8010") in seen["headers"]
    assert (b"secret", SECRET.encode()) in seen["headers"]


@pytest.mark.parametrize(
    ("messages", "error"),
    [
        ([], HostUnreachable),
        ([{"type": "http.response.start", "status": 200}], AnswerCutShort),
        (
            [
                {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]},
                {"type": "http.response.body", "body": b"12345678"},
            ],
            AnswerCutShort,
        ),
        (
            [
                {"type": "http.response.start", "status": 200},
                {"type": "http.response.body", "body": b"12345678", "more_body": True},
            ],
            AnswerCutShort,
        ),
    ],
)
async def test_an_app_that_stops_early_is_a_lost_connection(messages, error) -> None:
    async def app(_scope, _receive, send) -> None:
        for message in messages:
            await send(message)

    with pytest.raises(error):
        await AsgiTransport(app).send(Request("GET", "http://127.0.0.1/"))


async def test_an_app_that_resets_is_a_lost_connection_and_other_faults_are_its_own() -> None:
    async def resetting(_scope, _receive, _send) -> None:
        raise ConnectionResetError

    async def broken(_scope, _receive, _send) -> None:
        raise KeyError("the app's own fault")

    with pytest.raises(HostUnreachable):
        await AsgiTransport(resetting).send(Request("GET", "http://127.0.0.1/"))
    with pytest.raises(KeyError):
        await AsgiTransport(broken).send(Request("GET", "http://127.0.0.1/"))


@pytest.fixture
def own_certificate(tmp_path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    file = tmp_path / "own.pem"
    file.write_bytes(
        certificate.public_bytes(encoding) + key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


async def refuse_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


@pytest.mark.parametrize("speaks_tls", [True, False])
async def test_a_host_that_cannot_be_trusted_is_not_asked_again(own_certificate, speaks_tls) -> None:
    server = await asyncio.start_server(refuse_tls, "127.0.0.1", 0, ssl=own_certificate if speaks_tls else None)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(TlsFailed, match="TLS failed") as caught:
        await fetch(Request("GET", f"https://localhost:{port}/", HEADERS))
    server.close()
    assert not caught.value.retryable
