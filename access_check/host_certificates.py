"""Pure: does a host's certificate vouch for it? As OpenSSH judges one (sshkey_cert_check_host, check_host_cert)."""

from __future__ import annotations

from collections.abc import Sequence

from access_check.ssh_certificates import HostCertificate, ReadCertificate, Standing, Vouching
from access_check.trust import AUTHORITY_MARKER, KeyOnFile
from access_check.trust_lines import speaks_for


def vouching(read: ReadCertificate, on_file: Sequence[KeyOnFile], host: str, now: int) -> HostCertificate:
    """Whether the certificate proves that the server is `host` (address or name, without a port).

    An authority counts where a line `@cert-authority` with its key speaks for the host and port. A certificate
    without names vouches for nobody, as for OpenSSH from 10.3 on; names may hold `*` and `?`. Revocations are
    looked at elsewhere, with those of plain keys.
    """
    return HostCertificate(_reason(read, on_file, host, now), read.about)


def _reason(read: ReadCertificate, on_file: Sequence[KeyOnFile], host: str, now: int) -> Vouching:
    about = read.about
    if not any(key.marker == AUTHORITY_MARKER and key.blob == read.authority_blob for key in on_file):
        return Vouching.NO_AUTHORITY
    if not about.signed:
        return Vouching.NOT_SIGNED
    if not about.for_hosts:
        return Vouching.NOT_FOR_HOSTS
    standing = about.standing(now)
    if standing is not Standing.VALID:
        return Vouching.EXPIRED if standing is Standing.EXPIRED else Vouching.NOT_YET_VALID
    if not host or not any(_is_named(name, host) for name in about.principals):
        return Vouching.OTHER_NAME
    return Vouching.OPTIONS if about.options else Vouching.VOUCHED


def _is_named(principal: str, host: str) -> bool:
    return not principal.startswith(("!", "|")) and "," not in principal and speaks_for(principal.encode(), host)
