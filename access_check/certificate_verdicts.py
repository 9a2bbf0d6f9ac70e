"""Pure: what a web page's certificate is worth, held against the moment of the look."""

from __future__ import annotations

import datetime as dt

from access_check.findings import Finding, Move, Status
from access_check.profile import WebPage
from access_check.requirements import Requirement
from access_check.targets import Target
from access_check.web_observation import Certificate, PageObservation, PresentedCertificate

ENDS_SOON = dt.timedelta(days=14)


def acceptable(certificate: Certificate, page: WebPage) -> bool:
    """Whether the certificate is what the profile asks for, its dates apart."""
    if certificate is Certificate.SELF_SIGNED:
        return page.self_signed_tolerated
    return certificate in (Certificate.NONE, Certificate.TRUSTED, Certificate.PINNED)


def certificate_amiss(
    requirement: Requirement,
    target: Target,
    observed: PageObservation,
    at: dt.datetime | None,
    evidence: dict[str, object],
) -> Finding | None:
    """The finding about the certificate of a page that answers; None where there is nothing to say.

    `at` is when it was seen, with a zone. A changed pin fails: somebody may stand in between. The rest warns.
    """
    assert requirement.page is not None
    presented, purpose = observed.presented, requirement.purpose
    where = f"The {purpose} of {target.name} answers ({observed.status})"
    install = f"Please install a certificate for {target.address} on the {purpose} of {target.name}"
    renew = f"Please renew the certificate of the {purpose} of {target.name}."
    certificate = observed.certificate
    if acceptable(certificate, requirement.page):
        certificate = _by_the_clock(presented, at) or certificate
    if certificate is Certificate.CHANGED:
        said = f"{where}, but with another certificate than the one on file ({_fingerprint(presented)})."
        remedy = f"Please tell us whether the certificate of the {purpose} of {target.name} was replaced, and the "
        remedy += "SHA-256 fingerprint of the new one; no password is sent before that."
        return Finding(requirement.check, Status.FAIL, "certificate-changed", said, Move.CUSTOMER, remedy, evidence)
    if acceptable(certificate, requirement.page):
        return _ends_soon(requirement, target, presented, at, evidence)
    named = {
        Certificate.EXPIRED: (f"its certificate ended{_day(presented, 'not_after')}", renew),
        Certificate.NOT_YET_VALID: (
            f"its certificate only begins{_day(presented, 'not_before')}",
            f"Please check the clock of {target.name}: the certificate of its {purpose} is not valid yet.",
        ),
        Certificate.WRONG_NAME: (
            f"its certificate is for another name{_names(presented)}",
            f"{install}, or tell us the name under which we reach it.",
        ),
        Certificate.SELF_SIGNED: ("its certificate is self-signed", f"{install} that an authority has signed."),
        Certificate.UNTRUSTED: (
            f"its certificate comes from an authority that we do not know{_issuer(presented)}",
            f"{install} from a known authority, with the certificates in between.",
        ),
    }
    words, remedy = named[certificate]
    code = f"certificate-{certificate}"
    return Finding(requirement.check, Status.WARN, code, f"{where}, but {words}.", Move.CUSTOMER, remedy, evidence)


def _by_the_clock(presented: PresentedCertificate | None, at: dt.datetime | None) -> Certificate | None:
    if presented is None or at is None:
        return None
    if at > presented.not_after:
        return Certificate.EXPIRED
    return Certificate.NOT_YET_VALID if at < presented.not_before else None


def _ends_soon(
    requirement: Requirement,
    target: Target,
    presented: PresentedCertificate | None,
    at: dt.datetime | None,
    evidence: dict[str, object],
) -> Finding | None:
    if presented is None or at is None or presented.not_after - at >= ENDS_SOON:
        return None
    days = (presented.not_after - at).days
    left = "today" if days == 0 else f"in {days} day{'s' if days > 1 else ''}"
    said = (
        f"The certificate of the {requirement.purpose} of {target.name} ends {left} ({presented.not_after:%Y-%m-%d})."
    )
    remedy = f"Please renew the certificate of the {requirement.purpose} of {target.name} before it ends."
    told = {**evidence, "days_left": days}
    return Finding(requirement.check, Status.WARN, "certificate-ends-soon", said, Move.CUSTOMER, remedy, told)


def certificate_evidence(presented: PresentedCertificate | None) -> dict[str, object]:
    """The certificate's facts as JSON; times in UTC."""
    if presented is None:
        return {}
    return {
        "subject": presented.subject,
        "issuer": presented.issuer,
        "names": list(presented.names),
        "not_before": presented.not_before.isoformat(),
        "not_after": presented.not_after.isoformat(),
        "sha256": presented.fingerprint,
        "protocol": presented.protocol,
        "chain_length": presented.chain_length or None,
    }


def _day(presented: PresentedCertificate | None, which: str) -> str:
    return f" on {getattr(presented, which):%Y-%m-%d}" if presented is not None else ""


def _names(presented: PresentedCertificate | None) -> str:
    return f" ({', '.join(presented.names[:5])})" if presented is not None and presented.names else ""


def _issuer(presented: PresentedCertificate | None) -> str:
    return f" ({presented.issuer})" if presented is not None and presented.issuer else ""


def _fingerprint(presented: PresentedCertificate | None) -> str:
    return f"SHA-256 {presented.fingerprint}" if presented is not None else "it cannot be read"
