"""How pages and their files travel: tags and 304, compression, names that hold for ever."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from partner_portal.bootstrap.delivery import PageCompression, PageTags
from partner_portal.bootstrap.tables import collect_static_when_needed
from partner_portal.settings import declared

FOR_EVER = "max-age=315360000, public, immutable"
MOST_SCRIPT_BYTES = 250_000
BUILD = Path("src/partner_portal/web/static/build")


def page(text: str = "<p>1</p>", *, token: str = "a" * 64, **headers: str) -> HttpResponse:
    form = f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
    return HttpResponse(text + form, headers={"Cache-Control": "private, no-cache", **headers})


def answered(response: HttpResponse, *, held: str = "", secret: str = "s" * 32, method: str = "GET") -> HttpResponse:
    """What becomes of `response` for a browser that holds the page tagged `held`."""
    request = RequestFactory().generic(method, "/", headers={"If-None-Match": held} if held else {})
    request.META["CSRF_COOKIE"] = secret
    return PageTags(lambda _: response)(request)


def test_a_page_that_has_not_changed_is_not_sent_again() -> None:
    first = answered(page(token="a" * 64))
    again = answered(page(token="b" * 64), held=first["ETag"])
    assert first.status_code == 200
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("response", "secret"),
    [
        (page("<p>2</p>"), "s" * 32),
        (page(), "t" * 32),
        (page(**{"HX-Trigger": "report-changed"}), "s" * 32),
        (page(**{"HX-Push-Url": "/?period=today"}), "s" * 32),
    ],
    ids=["other text", "another secret behind the tokens", "a script is told something", "another address"],
)
def test_a_page_that_says_something_else_is_sent(response, secret) -> None:
    held = answered(page())["ETag"]
    assert answered(response, held=held, secret=secret).status_code == 200


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("secret"),
        HttpResponse("secret", headers={"Cache-Control": "no-store"}),
        HttpResponse("{}", content_type="application/json", headers={"Cache-Control": "no-cache"}),
        HttpResponse("gone", status=404, headers={"Cache-Control": "no-cache"}),
    ],
    ids=["says nothing", "no-store", "no page", "no success"],
)
def test_what_is_not_to_be_kept_has_no_tag(response) -> None:
    assert "ETag" not in answered(response)


def test_what_is_posted_is_always_answered() -> None:
    held = answered(page())["ETag"]
    assert answered(page(), held=held, method="POST").status_code == 200


def compressed(response: HttpResponse, accepted: str = "gzip, br") -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/", headers={"Accept-Encoding": accepted})
    return PageCompression(lambda _: response)(request)


def test_a_page_is_compressed_for_who_understands_it() -> None:
    text = "<p>Sales report</p>" * 100
    packed = compressed(HttpResponse(text))
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content).decode() == text
    assert compressed(HttpResponse(text), "identity").content.decode() == text


def test_a_file_is_left_as_it_is() -> None:
    assert "Content-Encoding" not in compressed(HttpResponse(b"PK" * 500, content_type="application/zip"))


def test_the_sales_report_of_the_portal_is_tagged(parts, store, member) -> None:
    client = Client()
    client.force_login(member("viewer"), backend=settings.AUTHENTICATION_BACKENDS[0])
    first = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert (first["Content-Encoding"], set(first["Cache-Control"].split(", "))) == ("gzip", {"private", "no-cache"})
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/?period=today", headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Asks for a static file as collected: `files("build/app.js", "br")`."""
    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=root):
        with pytest.MonkeyPatch.context() as patch:
            values = declared.read({"PORTAL_DATA_DIR": str(tmp_path_factory.mktemp("data"))})
            patch.setattr(declared, "current", lambda: values)
            collect_static_when_needed()
        served = WhiteNoiseMiddleware(lambda _: HttpResponse(status=404))

        def ask(name: str, accepted: str) -> HttpResponse:
            stem, _, ending = name.rpartition(".")
            [path] = [path for path in root.glob(f"{stem}.*.{ending}") if re.search(r"\.[0-9a-f]{12}\.", path.name)]
            address = f"/static/{path.relative_to(root)}"
            answer = served(RequestFactory().get(address, headers={"Accept-Encoding": accepted}))
            list(answer)
            answer.file_to_stream.close()
            return answer

        yield ask


@pytest.mark.slow
@pytest.mark.parametrize("name", ["build/app.js", "build/app.css", "build/charts.js", "portal/icons.svg"])
def test_files_are_hashed_compressed_and_kept_for_ever(files, name) -> None:
    plain, brotli, packed = (files(name, accepted) for accepted in ("identity", "gzip, br", "gzip"))
    assert (brotli.status_code, brotli["Content-Encoding"], packed["Content-Encoding"]) == (200, "br", "gzip")
    assert {answer["Cache-Control"] for answer in (plain, brotli, packed)} == {FOR_EVER}
    assert int(brotli["Content-Length"]) < int(packed["Content-Length"]) < int(plain["Content-Length"])


@pytest.mark.slow
def test_all_script_that_a_first_screen_may_run_is_small(files) -> None:
    names = [path.name for path in BUILD.glob("*.js")]
    assert "app.js" in names
    assert sum(int(files(f"build/{name}", "br")["Content-Length"]) for name in names) <= MOST_SCRIPT_BYTES


@pytest.mark.slow
def test_fonts_are_kept_for_ever_too(files) -> None:
    assert files("build/inter-latin-wght-normal.woff2", "br")["Cache-Control"] == FOR_EVER


def test_what_the_first_screen_runs_does_not_hold_the_charts() -> None:
    """They come with a script of their own, which is loaded when a chart is seen."""
    script = (BUILD / "app.js").read_text("utf-8")
    assert "echarts" not in script.casefold()
    assert len(script) < (BUILD / "charts.js").stat().st_size
