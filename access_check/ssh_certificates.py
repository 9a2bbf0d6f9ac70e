"""Pure: OpenSSH's certificates (PROTOCOL.certkeys): what one says, and whether it stands at a moment.

Moments are seconds since 1970 in UTC, as in the certificate itself; `FOREVER` is its word for no end.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from access_check.escaping import shown

FOREVER = 2**64 - 1
CERTIFICATE_SUFFIX = "-cert-v01@openssh.com"
MAXIMUM_BYTES = 64 * 1024
_MAXIMUM_NAMES = 32


class NotACertificate(ValueError):
    """What was read is no certificate of OpenSSH's that can be understood; says why."""


class CertificateTried(StrEnum):
    """What became of our certificate in a login."""

    NOT_TRIED = "not-tried"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OTHER_KEY = "other-key"


class Vouching(StrEnum):
    """Whether a host's certificate proves the host to be the one that was meant, and if not, why."""

    VOUCHED = "vouched"
    UNREADABLE = "unreadable"
    NO_AUTHORITY = "no-authority"
    NOT_SIGNED = "not-signed"
    NOT_FOR_HOSTS = "not-for-hosts"
    OTHER_NAME = "other-name"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    OPTIONS = "critical-options"


class Standing(StrEnum):
    """What the dates of a certificate say at a moment."""

    VALID = "valid"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SshCertificate:
    """What a certificate says. Texts are bounded and escaped, fingerprints are `SHA256:…`.

    `for_hosts` tells a host's certificate from a user's; `options` are the critical ones, `name=value`;
    `signed` says whether the authority's signature holds.
    """

    for_hosts: bool
    key_kind: str
    fingerprint: str
    authority: str
    key_id: str
    serial: int
    principals: tuple[str, ...]
    valid_after: int
    valid_before: int
    options: tuple[str, ...] = ()
    signed: bool = True

    def standing(self, now: int) -> Standing:
        """As OpenSSH reads the two dates: the last second does not count."""
        if now < self.valid_after:
            return Standing.NOT_YET_VALID
        return Standing.EXPIRED if now >= self.valid_before else Standing.VALID


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """A certificate with the bytes to compare: the whole, the key that it is for, and the authority's key."""

    about: SshCertificate
    blob: bytes
    plain_kind: str
    plain_blob: bytes
    authority_blob: bytes


@dataclass(frozen=True, slots=True)
class HostCertificate:
    """The certificate that a server showed with its host key."""

    vouching: Vouching
    certificate: SshCertificate | None = None
    detail: str = ""


class CertificateFile(StrEnum):
    """What came of looking for the certificate that belongs to our private key."""

    READ = "read"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_A_CERTIFICATE = "not-a-certificate"


@dataclass(frozen=True, slots=True)
class UserCertificate:
    """The certificate of ours that was found, and when it was looked at."""

    file: CertificateFile
    path: str
    looked_at: int
    certificate: SshCertificate | None = None
    detail: str = ""


def certificate_in(line: bytes) -> ReadCertificate:
    """The certificate in `KIND BASE64 [comment]`, a line of a `-cert.pub` file. Raises NotACertificate."""
    words = line.split(None, 2)
    if len(words) < 2 or not words[0].endswith(CERTIFICATE_SUFFIX.encode()):
        raise NotACertificate("it holds no certificate")
    try:
        return read_certificate(base64.b64decode(words[1], validate=True))
    except binascii.Error:
        raise NotACertificate("it is not base64") from None


def read_certificate(blob: bytes) -> ReadCertificate:
    """A certificate as it goes over the wire. Raises NotACertificate for anything else, also for unsupported kinds."""
    # Imported late: not every reader of observations reads certificates.
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as form

    from access_check.trust import fingerprint

    if len(blob) > MAXIMUM_BYTES:
        raise NotACertificate("it is too long")
    kind = blob[4 : 4 + int.from_bytes(blob[:4], "big")]
    try:
        read = form.load_ssh_public_identity(kind + b" " + base64.b64encode(blob))
        if not isinstance(read, form.SSHCertificate):
            raise NotACertificate("it is a plain key")
        plain, authority = (
            key.public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH).split()
            for key in (read.public_key(), read.signature_key())
        )
        try:
            read.verify_cert_signature()
            signed = True
        except InvalidSignature:
            signed = False
        plain_blob, authority_blob = base64.b64decode(plain[1]), base64.b64decode(authority[1])
        about = SshCertificate(
            for_hosts=read.type is form.SSHCertificateType.HOST,
            key_kind=shown(kind, 64),
            fingerprint=fingerprint(plain_blob),
            authority=fingerprint(authority_blob),
            key_id=shown(read.key_id),
            serial=read.serial,
            principals=tuple(shown(name, 128) for name in read.valid_principals[:_MAXIMUM_NAMES]),
            valid_after=read.valid_after,
            valid_before=read.valid_before,
            options=tuple(
                shown(name + (b"=" + value if value else b""), 128)
                for name, value in list(read.critical_options.items())[:_MAXIMUM_NAMES]
            ),
            signed=signed,
        )
    except NotACertificate:
        raise
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error) as error:
        raise NotACertificate(shown(str(error), 120)) from None
    return ReadCertificate(about, blob, plain[0].decode(), plain_blob, authority_blob)


def moment(seconds: int) -> str:
    """`2026-11-24 04:10 UTC`; the years that no calendar of ours holds are `far in the future`."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "far in the future"
