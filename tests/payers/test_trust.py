"""Whom a check trusts: who shows a certificate that holds today, for this name, signed by somebody known."""

from __future__ import annotations

import ssl
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from payers.errors import PayerUnreachable
from tests.payers.bad_server import Visit, answers, drips_headers, reply, serving
from tests.payers.postman import ask, postman

LOOPBACK = x509.IPAddress(ip_address("127.0.0.1"))
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, and the files that hold them."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    path: Path

    def context(self) -> ssl.SSLContext:
        """Return what a server shows this certificate with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context


def make_identity(
    folder: Path,
    name: str,
    *,
    issuer: Identity | None = None,
    holds_for: x509.GeneralName = LOOPBACK,
    age: timedelta = timedelta(days=1),
) -> Identity:
    """Return a certificate of a certain age that holds for a year; without an issuer it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    since = datetime.now(UTC) - age
    authority = issuer.key if issuer else key
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + YEAR)
        .add_extension(x509.SubjectAlternativeName([holds_for]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(authority, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return Identity(certificate, key, path)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("trust"), "authority")


def outcome(shown: Identity, known: Identity) -> tuple[str, int]:
    """What two checks come to where one identity is shown and another known, and how many were sent."""
    with serving(answers, shown.context()) as server:
        adapter = postman(server.url, seconds=5)
        adapter.exchange.session.verify = str(known.path)
        with closing(adapter.exchange):
            try:
                said = f"{ask(adapter)} {ask(adapter)}"
            except PayerUnreachable as failure:
                said = failure.reason
        return said, len(server.requests)


def test_a_certificate_that_holds_is_trusted(tmp_path: Path, authority: Identity) -> None:
    shown = make_identity(tmp_path, "payer", issuer=authority)
    assert outcome(shown, authority) == ("yes yes", 2)


def test_an_expired_certificate_is_not_trusted_and_sent_nothing(tmp_path: Path, authority: Identity) -> None:
    shown = make_identity(tmp_path, "payer", issuer=authority, age=YEAR + timedelta(days=1))
    assert outcome(shown, authority) == ("not_trusted", 0)


def test_a_certificate_of_tomorrow_is_not_trusted(tmp_path: Path, authority: Identity) -> None:
    shown = make_identity(tmp_path, "payer", issuer=authority, age=timedelta(days=-1))
    assert outcome(shown, authority) == ("not_trusted", 0)


def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path, authority: Identity) -> None:
    elsewhere = x509.DNSName("elsewhere.example")
    shown = make_identity(tmp_path, "payer", issuer=authority, holds_for=elsewhere)
    assert outcome(shown, authority) == ("not_trusted", 0)


def test_a_certificate_that_signs_itself_is_not_trusted(tmp_path: Path, authority: Identity) -> None:
    shown = make_identity(tmp_path, "payer")
    assert outcome(shown, authority) == ("not_trusted", 0)


def test_of_itself_a_check_trusts_no_authority_but_the_public_ones(
    tmp_path: Path, authority: Identity
) -> None:
    shown = make_identity(tmp_path, "payer", issuer=authority)
    with serving(answers, shown.context()) as server:
        with pytest.raises(PayerUnreachable, match="certificate"):
            ask(postman(server.url, seconds=5))
        assert server.requests == []


def test_a_certificate_that_is_not_trusted_is_not_tried_again(tmp_path: Path) -> None:
    with serving(answers, make_identity(tmp_path, "payer").context()) as server:
        with pytest.raises(PayerUnreachable):
            ask(postman(server.url, seconds=5))
        assert server.visits == 1


def test_an_address_that_does_not_speak_tls_is_not_trusted() -> None:
    def speaks_plainly(visit: Visit) -> None:
        visit.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(speaks_plainly) as server, pytest.raises(PayerUnreachable, match="certificate"):
        ask(postman(server.url.replace("http:", "https:"), seconds=5))


def test_a_handshake_that_is_broken_off_says_nothing_of_the_certificate() -> None:
    with (
        serving(lambda visit: visit.connection.recv(65536)) as server,
        pytest.raises(PayerUnreachable) as caught,
    ):
        ask(postman(server.url.replace("http:", "https:"), seconds=1))
    assert caught.value.reason == "no_connection"


def test_a_slow_payer_under_tls_is_left_in_time(tmp_path: Path, authority: Identity) -> None:
    def slows_down(visit: Visit) -> None:
        visit.read()
        visit.say(reply())
        drips_headers(visit)

    def is_slow_at_first(visit: Visit) -> None:
        slows_down(visit) if visit.number == 1 else answers(visit)

    with serving(is_slow_at_first, make_identity(tmp_path, "payer", issuer=authority).context()) as server:
        adapter = postman(server.url, seconds=0.3, at_most=1)
        adapter.exchange.session.verify = str(authority.path)
        with closing(adapter.exchange):
            assert ask(adapter) == "yes"
            with pytest.raises(PayerUnreachable, match="in time"):
                ask(adapter)
            assert ask(adapter) == "yes"
