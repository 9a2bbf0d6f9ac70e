"""Pure: verdicts on SSH certificates: ours, by which we log in (BSSUP), and the server's own."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from access_check.findings import Finding, Move, Status
from access_check.observations import HostKeyObservation, Login, Observations, SshObservation
from access_check.requirements import Requirement
from access_check.ssh_certificates import (
    FOREVER,
    CertificateFile,
    CertificateTried,
    SshCertificate,
    Standing,
    UserCertificate,
    Vouching,
    moment,
)
from access_check.targets import Target

# Tonight's work needs tomorrow's access; a certificate for a few hours is meant to be short, and only its last
# quarter is late.
ENDS_SOON_S = 24 * 3600
ENDS_SOON_SHARE = 4
_Said = tuple[str, Move, str, str]


def certificate(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether our SSH certificate lets us in, how long it will, and if it does not, why.

    A certificate that does not stand fails only where nothing else let us in; else it is a warning. What the
    server says is never more than no: the reasons behind a refusal are held against our own data.
    """
    observed = seen.ssh.get(requirement.port)
    if observed is None:
        return None
    own = observed.certificate
    if own is None:
        said = "No SSH certificate is on file for this login; the key stands by itself."
        return Finding(requirement.check, Status.PASS, "no-certificate", said)
    evidence = _evidence(own, target, observed)
    wrong = _wrong(own, target, observed)
    if wrong is not None:
        code, move, said, remedy = wrong
        inside = observed.login is not None and observed.login.login is Login.ACCEPTED
        status = Status.WARN if inside else Status.FAIL
        return Finding(requirement.check, status, code, said, move, remedy, evidence)
    assert own.certificate is not None
    return _time_left(requirement, target, own.certificate, own.looked_at, evidence)


def _wrong(own: UserCertificate, target: Target, observed: SshObservation) -> _Said | None:
    about = own.certificate
    if about is None:
        return _unusable(own)
    tried = observed.login.certificate if observed.login is not None else CertificateTried.NOT_TRIED
    if tried is CertificateTried.OTHER_KEY:
        said = f"The SSH certificate {own.path} is for another key than our private key."
        return "certificate-unusable", Move.US, said, "Put the certificate beside the key that it was made for."
    if not about.signed:
        said = f"The SSH certificate {own.path} is broken: its authority's signature does not hold."
        return "certificate-unusable", Move.US, said, "Fetch it anew."
    if about.for_hosts:
        said = f"The SSH certificate {own.path} proves a host, not a user: nobody can log in with it."
        return "certificate-wrong-type", Move.US, said, "Have a user certificate made for our key."
    return (
        _outside_its_time(about, own.looked_at, target, taken=tried is CertificateTried.ACCEPTED)
        or (_not_for_us(about, target) if tried is not CertificateTried.ACCEPTED else None)
        or (_refused(about, own.looked_at, target) if tried is CertificateTried.REFUSED else None)
    )


def _unusable(own: UserCertificate) -> _Said:
    reason = {
        CertificateFile.MISSING: "is not there",
        CertificateFile.UNREADABLE: "cannot be read",
    }.get(own.file, "is not an SSH certificate that we understand")
    detail = f" ({own.detail})" if own.detail else ""
    said = f"The SSH certificate {own.path} {reason}{detail}."
    return "certificate-unusable", Move.US, said, "Fetch it anew, and correct callout_system.certificate.file."


def _outside_its_time(about: SshCertificate, now: int, target: Target, *, taken: bool) -> _Said | None:
    standing = about.standing(now)
    if standing is Standing.VALID:
        return None
    ours = f"by our clock it is {moment(now)}"
    if standing is Standing.NOT_YET_VALID:
        said = f"Our SSH certificate for {target.name} is valid only from {moment(about.valid_after)} on; {ours}"
        remedy = "Wait until then, or have one made that is valid now; check the clock of this machine first."
        move, code = Move.US, "certificate-not-yet-valid"
    else:
        said = f"Our SSH certificate for {target.name} ended at {moment(about.valid_before)}; {ours}"
        remedy = f"Please open the access (BSSUP) of {target.name} ({target.address}) for us again."
        move, code = Move.CUSTOMER, "certificate-expired"
    if taken:
        move, remedy = Move.US, "Compare the clocks, here and there: one of them is wrong."
        said += ", and yet the server took it"
    return code, move, f"{said}.", remedy


def _not_for_us(about: SshCertificate, target: Target) -> _Said | None:
    if target.user in about.principals:
        return None
    names = ", ".join(about.principals) or "nobody"
    said = f"Our SSH certificate for {target.name} is made out to {names}, not to {target.user}."
    remedy = f"Have one made with {target.user} among its principals, or log in as one of those that it names."
    return "certificate-wrong-principal", Move.US, said, remedy


def _refused(about: SshCertificate, now: int, target: Target) -> _Said:
    wanted = target.certificate_authority
    if wanted is not None and wanted != about.authority:
        said = f"The server refused our SSH certificate: {about.authority} signed it; {target.name} trusts {wanted}."
        remedy = "Have the certificate signed by that authority, or correct callout_system.certificate.authority."
        return "certificate-unknown-authority", Move.US, said, remedy
    said = f"The server refused our SSH certificate, which by its own dates is valid ({_window(about)}). It does not "
    said += "say why: its authority may not be trusted there, the access may be closed, or the clock there may be wrong"
    limits = [option for option in about.options if option.startswith("source-address")]
    said += f"; the certificate is also limited to {limits[0]}." if limits else "."
    remedy = f"Please check on {target.name} ({target.address}) that the access (BSSUP) is open, that it trusts the "
    remedy += f"authority {about.authority}, and that its clock is right: it was {moment(now)} when we came."
    return "certificate-refused", Move.CUSTOMER, said, remedy


def _time_left(
    requirement: Requirement, target: Target, about: SshCertificate, now: int, evidence: dict[str, Any]
) -> Finding:
    if about.valid_before == FOREVER:
        said = f"Our SSH certificate for {target.name} has no end: whoever gets hold of it gets in for ever."
        remedy = f"Please close the access (BSSUP) of {target.name} ({target.address}), and open it with a timeout."
        return Finding(requirement.check, Status.WARN, "certificate-no-timeout", said, Move.CUSTOMER, remedy, evidence)
    left = about.valid_before - now
    said = f"Our SSH certificate for {target.name} is valid until {moment(about.valid_before)} ({_span(left)} left)."
    if left >= min(ENDS_SOON_S, (about.valid_before - about.valid_after) // ENDS_SOON_SHARE):
        return Finding(requirement.check, Status.PASS, "valid", said, evidence=evidence)
    remedy = f"Please open the access (BSSUP) of {target.name} ({target.address}) for longer, if work is to be done."
    return Finding(requirement.check, Status.WARN, "certificate-ends-soon", said, Move.CUSTOMER, remedy, evidence)


def _evidence(own: UserCertificate, target: Target, observed: SshObservation) -> dict[str, Any]:
    evidence: dict[str, Any] = {"path": own.path, "file": str(own.file), "looked_at": moment(own.looked_at)}
    if own.certificate is not None:
        evidence |= {**asdict(own.certificate), "window": _window(own.certificate)}
    if target.certificate_authority is not None:
        evidence["authority_on_file"] = target.certificate_authority
    if observed.login is not None:
        evidence |= {"tried": str(observed.login.certificate), "offered": list(observed.login.offered)}
    return evidence


def host_certificate_evidence(key: HostKeyObservation) -> dict[str, Any]:
    """What is to be kept of authorities and of the server's certificate; nothing where there are none."""
    if key.certificate is None and not key.authorities:
        return {}
    shown = key.certificate.certificate if key.certificate is not None else None
    return {
        "authorities": list(key.authorities),
        "vouching": str(key.certificate.vouching) if key.certificate is not None else "no-certificate",
        "certificate": {**asdict(shown), "window": _window(shown)} if shown is not None else None,
    }


def why_no_authority_vouches(key: HostKeyObservation) -> str:
    """A sentence, beginning with a blank, where an authority is on file for the host and did not help."""
    if not key.authorities:
        return ""
    if key.certificate is None:
        return " An authority is on file for it, but the server showed no certificate that this check can read."
    if key.certificate.vouching is Vouching.VOUCHED:
        return ""
    about, detail = key.certificate.certificate, key.certificate.detail
    reason = {
        Vouching.UNREADABLE: f"cannot be read ({detail})",
        Vouching.NO_AUTHORITY: "is signed by another authority than the one on file",
        Vouching.NOT_SIGNED: "carries a signature that does not hold",
        Vouching.NOT_FOR_HOSTS: "is a user's, not a host's",
        Vouching.OTHER_NAME: f"is for {', '.join(about.principals) or 'nobody'}" if about else "is for another host",
        Vouching.NOT_YET_VALID: f"is valid only from {moment(about.valid_after)} on" if about else "is not valid yet",
        Vouching.EXPIRED: f"ended at {moment(about.valid_before)}" if about else "has ended",
        Vouching.OPTIONS: "has critical options that we do not know",
    }[key.certificate.vouching]
    return f" The server's certificate does not vouch for it: it {reason}."


def _window(about: SshCertificate) -> str:
    until = "for ever" if about.valid_before == FOREVER else f"until {moment(about.valid_before)}"
    return f"from {moment(about.valid_after)} {until}"


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 24 * 3600)
    return f"{days} days" if days > 1 else f"{(days * 24) + rest // 3600} h {rest % 3600 // 60} min"
