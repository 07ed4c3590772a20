"""The MIME form of an envelope: named parts of a multipart message, as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value

from urllib3.filepost import encode_multipart_formdata

from payers.x12.segments import decode

OPENS_A_PART = b"--"
# Bounds that no envelope comes near: beyond them the parser's time would grow faster than the body.
MOST_PARTS, LONGEST_BOUNDARY, LONGEST_HEADERS = 100, 200, 4_000
END_OF_HEADERS = re.compile(rb"(?:\A|\n)\r?\n")


def write_parts(fields: Mapping[str, str], boundary: str) -> tuple[str, bytes]:
    """Return the content type and the body of a form with these fields, in their order."""
    body, content_type = encode_multipart_formdata(list(fields.items()), boundary)
    return content_type, body


def read_parts(content_type: str, body: bytes) -> dict[str, str]:
    """Return the parts of a multipart body by name; none where it is no such body.

    A part without a name goes by its position, for some who answer leave the names out. Parts inside of
    parts are not looked for.
    """
    boundary = _boundary_of(content_type) or _boundary_in(body)
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        return {}
    delimiter = OPENS_A_PART + re.escape(boundary.encode("latin-1", "replace"))
    pattern = rb"(?:\A|\r?\n)" + delimiter + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
    parts = re.split(pattern, body, maxsplit=MOST_PARTS)
    named = {}
    for number, part in enumerate(parts[1:]):
        name, content = _read_part(part)
        named[name or str(number)] = content
    return named


def _boundary_of(content_type: str) -> str:
    message = Message()
    message["Content-Type"] = " ".join(content_type.split())
    return message.get_boundary() or ""


def _boundary_in(body: bytes) -> str:
    """Return the boundary that a body itself opens with, for a content type that does not tell it."""
    line = body.lstrip().split(b"\n", 1)[0].strip()
    return line.removeprefix(OPENS_A_PART).decode("latin-1") if line.startswith(OPENS_A_PART) else ""


def _read_part(part: bytes) -> tuple[str, str]:
    """Return the name of a part, where it has one, and its content."""
    if len(part) > LONGEST_HEADERS and not END_OF_HEADERS.search(part, 0, LONGEST_HEADERS):
        return "", ""
    message = BytesHeaderParser().parsebytes(part)
    name = message.get_param("name", header="content-disposition")
    content = message.get_payload(decode=True)
    return collapse_rfc2231_value(name) if name else "", decode(content) if isinstance(content, bytes) else ""
