"""The SOAP form of an envelope: one element of fields in a SOAP 1.2 body, as text.

Written with WS-Security's user name and password. Read by local names alone, because gateways agree on
these and on little else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError  # nosec B405 # names alone: defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

CONTENT_TYPE = 'application/soap+xml; charset=UTF-8; action="RealTimeTransaction"'
REQUEST, RESPONSE = "COREEnvelopeRealTimeRequest", "COREEnvelopeRealTimeResponse"

SOAP = "http://www.w3.org/2003/05/soap-envelope"
CORE = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
SECURITY = f"{_WSS}-wssecurity-secext-1.0.xsd"
PASSWORD_TEXT = f"{_WSS}-username-token-profile-1.0#PasswordText"

ESCAPE = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
CDATA_OPENS, CDATA_CLOSES = "<![CDATA[", "]]>"

# What a fault says, in the error codes of an envelope. The first that is found holds.
FAULTS: Mapping[str, str] = {
    "FailedAuthentication": "UnAuthorized",
    "FailedCheck": "UnAuthorized",
    "InvalidSecurity": "UnAuthorized",
    "InvalidSecurityToken": "UnAuthorized",
    "UnAuthorized": "UnAuthorized",
    "VersionMismatch": "VersionMismatch",
    "Receiver": "Receiver",
    "Server": "Receiver",
}
OTHER_FAULT = "Sender"


def write_soap(name: str, fields: Mapping[str, str], token: tuple[str, str] | None = None) -> bytes:
    """Return an envelope with one element of fields, and a user name and password where they are given."""
    header = _security(*token) if token else ""
    inside = "".join(f"<{field}>{_content(field, value)}</{field}>" for field, value in fields.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<env:Envelope xmlns:env="{SOAP}"><env:Header>{header}</env:Header>'
        f'<env:Body><core:{name} xmlns:core="{CORE}">{inside}</core:{name}></env:Body></env:Envelope>'
    ).encode()


def read_soap(body: bytes) -> dict[str, str]:
    """Return the fields of an envelope, or the `ErrorCode` that a fault amounts to; none where unreadable.

    User name and password of the header come as `UserName` and `Password`.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    elements: dict[str, Element] = {}
    for element in _elements(root):
        elements.setdefault(_local(element), element)
    if "Fault" in elements:
        return {"ErrorCode": _read_fault(elements["Fault"])}
    envelope = elements.get(RESPONSE, elements.get(REQUEST))
    if envelope is None:
        return {}
    fields = {_local(element): element.text or "" for element in envelope}
    fields["Payload"] = _undo_escapes(fields.get("Payload", ""))
    for ours, theirs in (("UserName", "Username"), ("Password", "Password")):
        if theirs in elements and ours not in fields:
            fields[ours] = elements[theirs].text or ""
    return fields


def _security(user: str, password: str) -> str:
    return (
        f'<wsse:Security env:mustUnderstand="true" xmlns:wsse="{SECURITY}"><wsse:UsernameToken>'
        f"<wsse:Username>{html.escape(user, quote=False)}</wsse:Username>"
        f'<wsse:Password Type="{PASSWORD_TEXT}">{html.escape(password, quote=False)}</wsse:Password>'
        "</wsse:UsernameToken></wsse:Security>"
    )


def _content(field: str, value: str) -> str:
    """Return a value as it stands in XML: the payload as character data, whatever is in it."""
    if field != "Payload":
        return html.escape(value, quote=False)
    whole = value.replace(CDATA_CLOSES, "]]" + CDATA_CLOSES + CDATA_OPENS + ">")
    return CDATA_OPENS + whole + CDATA_CLOSES


def _undo_escapes(payload: str) -> str:
    """Return a payload without the second layer of escapes that some gateways put around it."""
    if ESCAPE.search(payload):
        payload = ESCAPE.sub(lambda found: html.unescape(found.group()), payload)
    bare = payload.strip()
    if bare.startswith(CDATA_OPENS) and bare.endswith(CDATA_CLOSES):
        return bare[len(CDATA_OPENS) : -len(CDATA_CLOSES)]
    return payload


def _read_fault(fault: Element) -> str:
    """Return the error code of a fault from its codes, of which SOAP 1.2 nests several."""
    codes = {
        (element.text or "").strip().rpartition(":")[2]
        for element in _elements(fault)
        if _local(element) in ("Value", "faultcode")
    }
    return next((ours for theirs, ours in FAULTS.items() if theirs in codes), OTHER_FAULT)


def _elements(root: Any) -> Iterator[Element]:
    """Yield the elements of a tree; comments and instructions are none."""
    return (element for element in root.iter() if isinstance(element.tag, str))


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
