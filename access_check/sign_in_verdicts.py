"""Pure: verdicts on sign-ins, and on a wizard that is open to the net. None means that we did not come so far."""

from __future__ import annotations

from access_check.addresses import PUBLIC, address_kind
from access_check.findings import Finding, Move, Status
from access_check.observations import Observations
from access_check.requirements import Requirement
from access_check.targets import Target
from access_check.web_observation import Certificate, Page, SignIn, SignInObservation


def sign_in(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether one can really sign in. Only success that was seen passes."""
    observed = seen.sign_ins.get(requirement.page_name)
    if observed is None or requirement.page is None:
        return None
    purpose, check = requirement.purpose, requirement.check
    where = f"at the {purpose} of {target.name}"
    evidence: dict[str, object] = {
        "attempts": observed.attempts,
        "status": observed.status,
        "in_clear": observed.in_clear,
        "signed_out": observed.signed_out,
        "detail": observed.detail,
    }
    if observed.sign_in is SignIn.SIGNED_IN:
        return _signed_in(requirement, observed, where, evidence)
    detail = f": {observed.detail}" if observed.detail else ""
    key = f"callout_system.access.web.{requirement.page_name}"
    status, move, said, remedy = {
        SignIn.REFUSED: (
            Status.FAIL,
            Move.CUSTOMER,
            f"The password on file is refused {where}. It was tried once, and will not be tried again by itself.",
            f"Please send us the current password for the {purpose} of {target.name} by a safe way.",
        ),
        SignIn.NOT_UNDERSTOOD: (
            Status.UNKNOWN,
            Move.US,
            f"Whether the password on file is right {where} is not known: the answer shows no sign of it{detail}.",
            f"Sign in by hand, once, and correct {key}.sign_in.",
        ),
        SignIn.NO_ANSWER: (
            Status.UNKNOWN,
            Move.CUSTOMER,
            f"The sign-in {where} was not finished{detail}.",
            f"Please check the {purpose} of {target.name}: it shows its page and then does not finish a sign-in.",
        ),
        SignIn.NO_FORM: (
            Status.UNKNOWN,
            Move.US,
            f"No sign-in {where} was tried{detail}.",
            f"Look at the page, and correct {key}.sign_in.",
        ),
        SignIn.ELSEWHERE: (
            Status.UNKNOWN,
            Move.US,
            f"No sign-in {where} was tried{detail}; the password goes to {target.address} and nowhere else.",
            "If that host is the system's own name, put it on file as ansible_host.",
        ),
        SignIn.IN_CLEAR: (
            Status.UNKNOWN,
            Move.US,
            f"No sign-in {where} was tried: the password would cross the net in clear.",
            f"Name its https page, or allow it with {key}.sign_in.in_clear.",
        ),
        SignIn.CERTIFICATE: (
            Status.UNKNOWN,
            Move.CUSTOMER,
            f"No sign-in {where} was tried: a password is not sent behind a certificate that is {observed.detail}.",
            _better_certificate(observed.detail, f"the {purpose} of {target.name}"),
        ),
        SignIn.NO_CREDENTIALS: (
            Status.UNKNOWN,
            Move.US,
            f"No sign-in {where} was tried: user or password are not on file.",
            f"Put them on file, vaulted: callout_system.{'wizard' if 'wizard' in check else 'gui'}.",
        ),
    }[observed.sign_in]
    return Finding(check, status, str(observed.sign_in), said, move, remedy, evidence)


def _better_certificate(wrong: str, where: str) -> str:
    if wrong == Certificate.WRONG_NAME:
        return f"Please tell us the name under which we reach {where}, or install a certificate for its address."
    if wrong == Certificate.CHANGED:
        return f"Please tell us whether the certificate of {where} was replaced, and its SHA-256 fingerprint."
    return f"Please install a good certificate on {where}, or tell us the SHA-256 fingerprint of the one it has."


def _signed_in(
    requirement: Requirement, observed: SignInObservation, where: str, evidence: dict[str, object]
) -> Finding:
    assert requirement.page is not None
    said = f"The password on file signs us in {where}."
    if observed.signed_out is False:
        remedy = "Sign out there by hand, and correct log_out_path in its sign_in."
        stays = f"{said} But the session could not be ended."
        return Finding(requirement.check, Status.WARN, "session-stays", stays, Move.US, remedy, evidence)
    if observed.in_clear:
        said += " It crossed the net in clear."
    if observed.in_clear and not requirement.page.warn_if_exposed:
        remedy = f"Please let us have https for the {requirement.purpose}."
        return Finding(requirement.check, Status.WARN, "signed-in-in-clear", said, Move.CUSTOMER, remedy, evidence)
    return Finding(requirement.check, Status.PASS, "signed-in", said, evidence=evidence)


def exposed(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """A warning where the page answers. Published procedure: it must be reachable for us, and for nobody else.

    Whether others reach it cannot be seen from here: the warning stands until it is waived with the reason
    why it may (limited to our address, say).
    """
    observed, page = seen.web.get(requirement.page_name), requirement.page
    if observed is None or page is None or observed.page is not Page.ANSWERED:
        return None
    addresses = seen.name.addresses if seen.name is not None else ()
    public = any(address_kind(address) == PUBLIC for address in addresses)
    evidence = {"port": page.port, "scheme": page.scheme, "status": observed.status, "public_address": public}
    clear = ", and takes the root password in clear" if page.scheme == "http" else ""
    net = "from the Internet" if public else f"at {target.address}, which is no public address"
    said = f"The {requirement.purpose} of {target.name} answers {net}{clear}. We need it, others do not; whether they "
    said += "reach it cannot be seen from here."
    remedy = f"Please limit TCP port {page.port} in the firewall to our address, if that is not so yet, and tell us."
    return Finding(requirement.check, Status.WARN, "exposed", said, Move.CUSTOMER, remedy, evidence)
