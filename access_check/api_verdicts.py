"""Pure: verdicts on the API and on SIP. Neither is on the published access list, so neither keeps us out: they warn."""

from __future__ import annotations

from access_check.findings import Finding, Move, Status
from access_check.observations import Observations, Sip
from access_check.requirements import Requirement
from access_check.targets import Target
from access_check.web_observation import Page

RUNNING = "running"
_KEY = "Check the API key (unused ones are suspended, some are bound to addresses)."


def api_license(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether the API takes our key and tells the product's version."""
    observed = seen.api
    if observed is None:
        return None
    evidence = {"status": observed.status, "version": observed.version}
    if observed.version is not None:
        said = f"The API of {target.name} takes our key: version {observed.version}."
        return Finding(requirement.check, Status.PASS, "answered", said, evidence=evidence)
    said = f"The API of {target.name} gives no version: {observed.complaint}."
    if observed.answer is None:
        remedy = "Mend the certificate first, or pin it."
        return Finding(requirement.check, Status.WARN, "unasked", said, Move.US, remedy, evidence)
    code = "not-understood" if observed.answer is Page.ANSWERED else str(observed.answer)
    return Finding(requirement.check, Status.WARN, code, said, Move.US, _KEY, evidence)


def api_services(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether all services run, by the product's own word; those that do not are named."""
    observed = seen.api
    if observed is None:
        return None
    if observed.version is None:
        said = f"The API of {target.name} was not asked for its services: it gives no version."
        return Finding(requirement.check, Status.WARN, "unasked", said, Move.US, _KEY)
    if observed.services is None:
        said = f"The API of {target.name} does not tell how its services are: {observed.services_complaint}."
        return Finding(requirement.check, Status.WARN, "not-understood", said, Move.US, _KEY)
    evidence = {"services": dict(observed.services)}
    stopped = {name: state for name, state in observed.services.items() if state != RUNNING}
    if not stopped:
        said = f"All services of {target.name} run: {', '.join(observed.services)}."
        return Finding(requirement.check, Status.PASS, RUNNING, said, evidence=evidence)
    named = ", ".join(f"{name} ({state})" for name, state in stopped.items())
    said = f"Of the services of {target.name} these do not run: {named}."
    remedy = "See in their logs why, or waive it with the reason why they do not run here."
    return Finding(requirement.check, Status.WARN, "not-running", said, Move.US, remedy, evidence)


def sip_options(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether one OPTIONS is answered; any SIP/2.0 status is an answer."""
    observed = seen.sip
    if observed is None:
        return None
    evidence = {"status": observed.status, "user_agent": observed.user_agent, "duration_ms": observed.duration_ms}
    if observed.sip is Sip.ANSWERED:
        said = f"SIP answers one OPTIONS with {f'{observed.status} {observed.reason}'.strip()}."
        return Finding(requirement.check, Status.PASS, str(observed.sip), said, evidence=evidence)
    came = {
        Sip.SILENT: "is not answered",
        Sip.REFUSED: "is refused",
        Sip.NOT_SIP: f"is answered with something that is not SIP ({observed.reason})",
    }.get(observed.sip, f"does not arrive ({observed.reason or observed.sip})")
    said = f"One SIP OPTIONS to UDP port {requirement.port} of {target.address} {came}. Access does not depend on it."
    remedy = "See whether calls pass; where a firewall keeps SIP from us on purpose, waive it with that reason."
    return Finding(requirement.check, Status.WARN, str(observed.sip), said, Move.US, remedy, evidence)
