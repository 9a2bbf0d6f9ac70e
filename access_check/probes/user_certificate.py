"""Looks for the SSH certificate that belongs to our private key, where ssh looks for it."""

from __future__ import annotations

import time
from pathlib import Path

from access_check.escaping import shown
from access_check.ssh_certificates import (
    MAXIMUM_BYTES,
    CertificateFile,
    NotACertificate,
    ReadCertificate,
    UserCertificate,
    certificate_in,
)


def find_certificate(
    private_key: Path | None, named: Path | None
) -> tuple[UserCertificate | None, ReadCertificate | None]:
    """What was found, and the certificate where there is one to log in with.

    `named` is the file that the inventory names; without one it is `KEY-cert.pub` beside the private key, where a
    missing file is nothing to speak of.
    """
    if named is None and private_key is None:
        return None, None
    path = (named or Path(f"{private_key}-cert.pub")).expanduser()
    now = int(time.time())

    def found(file: CertificateFile, detail: str = "") -> UserCertificate:
        return UserCertificate(file, shown(str(path)), now, detail=detail)

    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES)
        read = certificate_in(content.strip().split(b"\n", 1)[0])
    except FileNotFoundError:
        return (found(CertificateFile.MISSING) if named else None), None
    except OSError as error:
        return found(CertificateFile.UNREADABLE, error.strerror or type(error).__name__), None
    except NotACertificate as error:
        return found(CertificateFile.NOT_A_CERTIFICATE, str(error)), None
    return UserCertificate(CertificateFile.READ, shown(str(path)), now, read.about), read
