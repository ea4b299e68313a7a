"""How pages travel: compressed, and not a second time while nothing on them changed."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.crypto import salted_hmac

MASKED_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=)"[0-9A-Za-z]{64}"')
"""The token of a form: the same secret, masked anew in every answer."""


class PageCompression(GZipMiddleware):
    """Compresses pages, with a random length added against guessing what is in them by their size.

    Static files are compressed when they are collected.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress `response` if it is a page."""
        return super().process_response(request, response) if _is_html(response) else response


class PageTags(ConditionalGetMiddleware):
    """Tags every page that browsers may keep, and answers 304 where theirs still holds.

    The tag is of what the page says, of what a script is told beside it, and of the secret behind its tokens: a token
    that was masked earlier is as good as long as that secret is the same.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Tag `response`, or replace it by 304."""
        if not isinstance(response, HttpResponse) or not _may_be_kept(response):
            return response
        response["ETag"] = f'W/"{_tag(request, response)}"'
        return super().process_response(request, response)


def _is_html(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith("text/html")


def _may_be_kept(response: HttpResponse) -> bool:
    """Whether it is a page that browsers may keep as long as they ask each time; most others say nothing, or never."""
    is_to_be_asked = "no-cache" in response.get("Cache-Control", "")
    return _is_html(response) and response.status_code == 200 and is_to_be_asked and not response.has_header("ETag")


def _tag(request: HttpRequest, response: HttpResponse) -> str:
    digest = salted_hmac("page", MASKED_TOKEN.sub(rb"\1", response.content), algorithm="sha256")
    digest.update(request.META.get("CSRF_COOKIE", "").encode())
    for name, value in sorted(response.items()):
        if name.upper().startswith("HX-"):
            digest.update(f"{name}: {value}\n".encode())
    return digest.hexdigest()[:32]
