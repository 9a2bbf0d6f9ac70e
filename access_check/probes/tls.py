"""Puts TLS on a connection and says what the certificate is worth. Nothing is sent here before that is known.

A certificate that signs itself, and is tolerated, costs one connection: it is recognised by itself. Any other
one is judged by OpenSSL, in a handshake that ends where it is not good.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cryptography import x509

from access_check.escaping import shown
from access_check.probes.deadline import Deadline
from access_check.probes.tls_stream import TlsStream, TooMuchTls
from access_check.profile import WebPage
from access_check.web_observation import Certificate, Page, PresentedCertificate

MAXIMUM_NAMES = 32
# OpenSSL's X509_V_ERR_* numbers.
_BY_NUMBER = {
    9: Certificate.NOT_YET_VALID,
    10: Certificate.EXPIRED,
    18: Certificate.SELF_SIGNED,
    62: Certificate.WRONG_NAME,
    64: Certificate.WRONG_NAME,
}


@dataclass(frozen=True, slots=True)
class NoAnswer(Exception):
    """The conversation ended before an answer. `detail` is escaped."""

    page: Page
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Secured:
    """A connection behind TLS. `detail` is OpenSSL's word for what is wrong with the certificate."""

    sock: TlsStream
    certificate: Certificate
    presented: PresentedCertificate | None
    detail: str = ""


def secure(connect: Callable[[], socket.socket], host: str, page: WebPage, deadline: Deadline) -> Secured:
    """A TLS connection to `page` at `host`, whatever its certificate is; the caller looks at that first.

    `connect` opens a TCP connection, and is called once or twice. Raises NoAnswer, with all that was opened closed.
    """
    if page.self_signed_tolerated or page.certificate_sha256:
        first = _unjudged(connect(), host, deadline)
        if page.certificate_sha256:
            return _held_against_the_pin(first, page.certificate_sha256)
        if first.certificate is Certificate.SELF_SIGNED:
            return first
        first.sock.close()
    try:
        sock = _over_tls(connect(), host, deadline, ssl.create_default_context())
        return Secured(sock, Certificate.TRUSTED, _presented(sock))
    except ssl.SSLCertVerificationError as error:
        certificate = _BY_NUMBER.get(error.verify_code, Certificate.UNTRUSTED)
        detail = shown(error.verify_message)
    seen = _unjudged(connect(), host, deadline)
    return Secured(seen.sock, certificate, seen.presented, detail)


def _unjudged(sock: socket.socket, host: str, deadline: Deadline) -> Secured:
    secured = _over_tls(sock, host, deadline, _without_judgement())
    presented = _presented(secured)
    itself = presented is not None and presented.issuer == presented.subject
    return Secured(secured, Certificate.SELF_SIGNED if itself else Certificate.UNTRUSTED, presented)


def _held_against_the_pin(seen: Secured, pin: str) -> Secured:
    encoded = seen.sock.getpeercert(binary_form=True) or b""
    fits = hashlib.sha256(encoded).hexdigest() == pin
    detail = "" if fits else "it is not the certificate that the profile names"
    return Secured(seen.sock, Certificate.PINNED if fits else Certificate.CHANGED, seen.presented, detail)


@cache
def _without_judgement() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _over_tls(sock: socket.socket, host: str, deadline: Deadline, context: ssl.SSLContext) -> TlsStream:
    """The socket behind TLS; the handshake as a whole has what is left of the deadline, and 64 KiB."""
    try:
        return TlsStream(sock, context, host, deadline)
    except ssl.SSLCertVerificationError:
        raise
    except TimeoutError:
        raise NoAnswer(Page.TIMEOUT, "TLS handshake") from None
    except TooMuchTls as error:
        raise NoAnswer(Page.TOO_MUCH, str(error)) from None
    except ssl.SSLError as error:
        raise NoAnswer(Page.TLS_FAILED, shown(error.reason or "no TLS")) from None
    except (OSError, ValueError) as error:
        raise NoAnswer(Page.RESET, shown(str(error))) from None


def _presented(sock: TlsStream) -> PresentedCertificate | None:
    """None for a certificate that OpenSSL takes and cryptography cannot read."""
    encoded = sock.getpeercert(binary_form=True) or b""
    try:
        read = x509.load_der_x509_certificate(encoded)
        return PresentedCertificate(
            subject=shown(read.subject.rfc4514_string()),
            issuer=shown(read.issuer.rfc4514_string()),
            names=_names(read),
            not_before=read.not_valid_before_utc,
            not_after=read.not_valid_after_utc,
            fingerprint=hashlib.sha256(encoded).hexdigest(),
            protocol=sock.version() or "",
            chain_length=len(sock.get_unverified_chain()),
        )
    except (ValueError, x509.InvalidVersion, x509.UnsupportedGeneralNameType):
        return None


def _names(read: x509.Certificate) -> tuple[str, ...]:
    try:
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return ()
    found = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    return tuple(shown(name) for name in found[:MAXIMUM_NAMES])
