"""What came back over HTTP, and what it means: an answer to read, or one of our exceptions.

A status, a body or an exception of the library is looked at and named. None is kept, for the library's
exceptions hold the request, and with it a member.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests
from requests.exceptions import ContentDecodingError, InvalidURL
from urllib3.exceptions import MaxRetryError

from payers.errors import PayerError, PayerRefused, PayerUnreachable, UnreadableReply

MOST_BYTES = 10_000_000

NOBODY_THERE = frozenset({404, 405, 410, 421})
NOT_LET_IN = frozenset({401, 403})

# A page may have a mark of its encoding, an XML declaration or comments before it shows what it is.
STARTS_LIKE_A_PAGE = re.compile(
    rb"\A(\xef\xbb\xbf)?\s*(<\?xml[^>]{0,200}\?>\s*)?(<!--[^>]{0,500}-->\s*)?<(!doctype\s+html|html)\b", re.I
)

# The other side went away under TLS; that says nothing of its certificate.
BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status that the adapter reads, the headers, the body as bytes (decompressed)."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def refusal_of(status: int, headers: Mapping[str, str]) -> PayerError:
    """Return what a status means that holds no answer to read."""
    if status == 429 or (status == 503 and "Retry-After" in headers):
        return PayerUnreachable("throttled")
    if status >= 500:
        return PayerUnreachable("failing")
    if status == 408:
        return PayerUnreachable("timed_out")
    if status in NOT_LET_IN:
        return PayerRefused("credentials")
    if status in NOBODY_THERE or 300 <= status < 400:
        return PayerRefused("address")
    if status >= 400:
        return PayerRefused("inquiry")
    return UnreadableReply("empty" if status in (204, 205) else "not_an_answer")


def flaw_of(content_type: str, body: bytes) -> str | None:
    """Return why a body is no answer, in the words of `UnreadableReply`; `None` where it may be one."""
    if len(body) > MOST_BYTES:
        return "too_large"
    if not body.strip():
        return "empty"
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in ("text/html", "application/xhtml+xml") or STARTS_LIKE_A_PAGE.match(body):
        return "html"
    return None


def decode(body: bytes) -> str:
    """Return the text of a body: UTF-8, or Latin-1 where it is not; every byte is kept."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def trouble_of(error: Exception, time_is_up: bool) -> PayerError:
    """Return what an exception of the HTTP library means for the check."""
    if time_is_up or isinstance(error, requests.Timeout):
        return PayerUnreachable("timed_out")
    if isinstance(error, requests.exceptions.SSLError):
        return PayerUnreachable("no_connection" if _was_broken_off(error) else "not_trusted")
    if isinstance(error, ContentDecodingError):
        return UnreadableReply("not_an_answer")
    if isinstance(error, InvalidURL):
        return PayerRefused("address")
    if isinstance(error, ValueError):
        # Only our own headers can be unfit for sending, and what differs in them are the credentials.
        return PayerRefused("credentials")
    return PayerUnreachable("no_connection")


def _was_broken_off(error: Exception) -> bool:
    inner: object = error
    while isinstance(inner, Exception):
        if isinstance(inner, BROKEN_OFF):
            return True
        inner = inner.reason if isinstance(inner, MaxRetryError) else next(iter(inner.args), None)
    return False
