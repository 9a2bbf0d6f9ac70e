"""Pure: verdicts on web pages. None means that we did not come so far."""

from __future__ import annotations

from access_check.certificate_verdicts import certificate_amiss, certificate_evidence
from access_check.findings import Finding, Move, Status
from access_check.observations import Observations
from access_check.requirements import PRODUCT_NAMES, Requirement
from access_check.targets import Target
from access_check.web_observation import Certificate, Page, PageObservation

_NOT_ALLOWED_IN = 401


def web(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether the page answers. A redirect and a question for a password (401) are answers."""
    observed = seen.web.get(requirement.page_name)
    if observed is None or requirement.page is None:
        return None
    page = requirement.page
    url = f"{page.scheme}://{target.address}:{page.port}{page.path}"
    what = f"The {requirement.purpose} at {url}"
    evidence = {
        "url": url,
        "status": observed.status,
        "server": observed.server,
        "location": observed.location,
        "certificate": str(observed.certificate),
        "detail": observed.detail,
        **({"presented": certificate_evidence(observed.presented)} if observed.presented else {}),
    }
    if observed.page is not Page.ANSWERED:
        status, code, move, said, remedy = _no_page(requirement, target, observed, what)
        return Finding(requirement.check, status, code, said, move, remedy, evidence)
    if observed.status >= 500:
        said = f"{what} answers with the server error {observed.status}."
        remedy = f"Please check the web server and the disk space of {target.name}: the {requirement.purpose} "
        remedy += f"answers with error {observed.status}."
        return Finding(requirement.check, Status.FAIL, "server-error", said, Move.CUSTOMER, remedy, evidence)
    if observed.status >= 400 and observed.status != _NOT_ALLOWED_IN:
        said = f"{what} answers, but refuses us the page ({observed.status})."
        remedy = f"Please check that TCP port {page.port} leads to the {PRODUCT_NAMES[target.product]} system and "
        remedy += f"that its {requirement.purpose} is not limited to other addresses."
        return Finding(requirement.check, Status.WARN, "page-refused", said, Move.CUSTOMER, remedy, evidence)
    amiss = certificate_amiss(requirement, target, observed, seen.at, evidence)
    return amiss or _answered(requirement, observed, what, evidence)


def _answered(requirement: Requirement, observed: PageObservation, what: str, evidence: dict[str, object]) -> Finding:
    worth = {
        Certificate.SELF_SIGNED: "; its certificate is self-signed, which is tolerated",
        Certificate.PINNED: "; its certificate is the one on file",
    }.get(observed.certificate, "")
    said = f"{what} answers ({observed.status}){worth}."
    return Finding(requirement.check, Status.PASS, "answered", said, evidence=evidence)


def _no_page(
    requirement: Requirement, target: Target, observed: PageObservation, what: str
) -> tuple[Status, str, Move, str, str]:
    detail = f" ({observed.detail})" if observed.detail else ""
    port, product = requirement.port, PRODUCT_NAMES[target.product]
    wrong_forward = f"Please correct the forward of TCP port {port}: it does not lead to the web server of the "
    wrong_forward += f"{product} system."
    check = f"Please check the web server behind TCP port {port} of {target.name}: it takes connections, but the "
    check += f"{requirement.purpose} does not come."
    sentences = {
        Page.NOT_HTTP: (Status.FAIL, f"{what} answers with something that is no web page{detail}.", wrong_forward),
        Page.REFUSED: (Status.FAIL, f"{what} took one connection and refused the next.", check),
        Page.RESET: (Status.FAIL, f"{what} cuts the connection{detail}.", check),
        Page.TIMEOUT: (Status.FAIL, f"{what} takes the connection and does not answer in time{detail}.", check),
        Page.TOO_MUCH: (Status.FAIL, f"{what} sends more than a page's headers; we hung up.", wrong_forward),
        Page.TLS_FAILED: (Status.FAIL, f"{what} does not agree on encryption{detail}.", check),
    }
    status, said, remedy = sentences[observed.page]
    return status, str(observed.page), Move.CUSTOMER, said, remedy
