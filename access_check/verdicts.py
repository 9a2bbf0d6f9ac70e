"""Pure: what must hold and what was seen → findings, with whose move it is and the sentence to send to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from access_check.address_verdicts import public
from access_check.algorithm_verdicts import algorithms, handshake
from access_check.api_verdicts import api_license, api_services, sip_options
from access_check.connection_verdicts import arguments, as_seen_through_jump, seen_only_from_jump
from access_check.fact_verdicts import fact
from access_check.findings import Finding, Move, Status
from access_check.last_seen import LastSeen, banned
from access_check.observations import Observations, Reach, Resolution
from access_check.requirements import (
    PRODUCT_NAMES,
    About,
    Requirement,
    missing_details,
    requirements,
    waiver_for,
    with_waiver,
)
from access_check.sign_in_verdicts import exposed, sign_in
from access_check.ssh_certificate_verdicts import certificate
from access_check.ssh_verdicts import banner, host_key, login, shell
from access_check.targets import Target
from access_check.web_verdicts import web

_NOT_REACHED = "not-reached"
_WALK = "walk"
Verdict = Callable[[Requirement, Target, Observations], Finding | None]


def judge(target: Target, seen: Observations, before: LastSeen | None = None) -> list[Finding]:
    """All findings of one system in the order of the walk: what is on file, then every requirement.

    A step that was not looked at is `unknown` (`not-reached`, with the step that kept us from it), or waived
    where that step is. `before` is when the system was last open: it tells a ban from other silence. Pure: the
    same observations can be judged again elsewhere.
    """
    ban = banned(target, seen, before)
    missing = missing_details(target)
    findings = missing or [Finding("details", Status.PASS, "on-file", "All access details are on file.")]
    by_check: dict[str, Finding] = {}
    for requirement in requirements(target):
        found = _VERDICTS[requirement.about](requirement, target, seen)
        found = as_seen_through_jump(found, requirement, target, seen)
        if ban is not None and requirement.about is About.TCP and not waiver_for(target, requirement.check):
            found, ban = replace(ban, check=requirement.check), None
        needed = by_check.get(requirement.needs)
        hindered = any(obstacle.port == requirement.port for obstacle in seen.obstacles)
        finding = found or seen_only_from_jump(requirement, target)
        finding = finding or _not_reached(requirement, needed, target.address, hindered=hindered)
        finding = with_waiver(target, finding)
        by_check[requirement.check] = finding
        findings.append(finding)
    return [*findings, *_obstacles(seen)]


def first_broken(findings: Sequence[Finding]) -> Finding | None:
    """The first step that keeps us out, else the first warning; None where all is well.

    A step that failed speaks before a missing detail: it is what the customer is asked about first.
    """
    warnings = [finding for finding in findings if finding.status is Status.WARN]
    return next(iter([*broken_steps(findings), *warnings]), None)


def broken_steps(findings: Sequence[Finding]) -> list[Finding]:
    """All that keeps us out, without what merely follows from an earlier step: each has a move of its own.

    First the steps that were seen to fail, in the order of the walk, then missing details, then what there was
    no time for.
    """
    by_check = {finding.check: finding for finding in findings}

    def follows(finding: Finding) -> bool:
        needed = by_check.get(str(finding.evidence.get("needs", "")))
        return finding.code == _NOT_REACHED and needed is not None and needed.blocks

    def place(finding: Finding) -> int:
        return 1 if finding.check.startswith("details.") else 2 if finding.code == _NOT_REACHED else 0

    return sorted((finding for finding in findings if finding.blocks and not follows(finding)), key=place)


def _obstacles(seen: Observations) -> list[Finding]:
    """What was in the way on our own side, each told once."""
    told = dict.fromkeys((obstacle.said, obstacle.hint) for obstacle in seen.obstacles)
    return [Finding(_WALK, Status.UNKNOWN, "could-not-look", said, Move.US, hint) for said, hint in told]


def _not_reached(requirement: Requirement, needed: Finding | None, address: str | None, *, hindered: bool) -> Finding:
    if needed is not None and needed.status is Status.WAIVED:
        reason = needed.remedy.removeprefix("Waived: ")
        seen = f"Not looked at: {needed.check} is waived."
        return Finding(requirement.check, Status.UNKNOWN, _NOT_REACHED, seen).waived(reason)
    needs = requirement.needs
    if needed is not None and needed.blocks:
        because, remedy = f"{needed.check} came first", "Mend the step before it, then check again."
    elif not address:
        because, remedy, needs = "no address is on file", "Put it on file, then check again.", "details.address"
    elif hindered:
        because, remedy, needs = "something on our side is in the way", "Mend that, then check again.", _WALK
    else:
        because, remedy = "the time was over", "Check again, with a longer --timeout."
    return Finding(
        requirement.check,
        Status.UNKNOWN,
        _NOT_REACHED,
        f"Not looked at: {because}.",
        Move.US,
        remedy,
        {"needs": needs},
    )


def _resolves(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    if seen.name is None:
        return None
    evidence = {"address": target.address, "addresses": list(seen.name.addresses)}
    if seen.name.resolution is Resolution.RESOLVED:
        literal = seen.name.addresses == (target.address,)
        means = "is an address, no name" if literal else f"stands for {', '.join(seen.name.addresses)}"
        said = f"{target.address} {means}."
        return Finding(requirement.check, Status.PASS, "resolved", said, evidence=evidence)
    said = f"The name {target.address} does not resolve ({seen.name.detail})."
    remedy = f"Please check the DNS entry {target.address}, or tell us the system's public address."
    status = Status.FAIL if seen.name.resolution is Resolution.FAILED else Status.UNKNOWN
    return Finding(requirement.check, status, str(seen.name.resolution), said, Move.CUSTOMER, remedy, evidence)


def _tcp(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    observed = seen.tcp.get(requirement.port)
    if observed is None:
        return None
    where = f"TCP port {requirement.port} ({requirement.purpose}) of {target.address}"
    evidence = {"reach": str(observed.reach), "detail": observed.detail}
    product = PRODUCT_NAMES[target.product]
    if observed.reach is Reach.OPEN:
        return Finding(requirement.check, Status.PASS, "open", f"{where} is open.", evidence=evidence)
    silent = observed.reach is Reach.TIMEOUT and all(port.reach is Reach.TIMEOUT for port in seen.tcp.values())
    move, said, remedy = {
        Reach.REFUSED: (
            Move.CUSTOMER,
            f"{where} refuses connections.",
            (
                f"Please forward TCP port {requirement.port} to the {product} system and check that the service "
                "behind it runs; at the moment the connection is refused."
            ),
        ),
        Reach.TIMEOUT: (
            Move.CUSTOMER,
            f"{where} does not answer.",
            (
                f"Please open TCP port {requirement.port} in the firewall, or forward it to the {product} system; "
                "at the moment nothing answers there."
            ),
        ),
        Reach.RESET: (
            Move.CUSTOMER,
            f"{where} cuts the connection at once.",
            f"Please check what answers on TCP port {requirement.port}; the connection is cut as soon as it is made.",
        ),
        Reach.UNREACHABLE: (
            Move.NETWORK_PROVIDER,
            f"There is no route to {where}.",
            f"Please ask your network provider why {target.address} cannot be reached from the Internet.",
        ),
        Reach.NO_WAY: (
            Move.US,
            f"The way to {where} is closed before it: {observed.detail}.",
            (
                "Mend the way to the jump host (ansible_ssh_common_args, our own ssh configuration and agent): "
                "ssh -o BatchMode=yes to it must work by itself."
            ),
        ),
    }[observed.reach]
    if silent:
        said += " Nor does any other port: the system may be off, or it may have banned our address."
        remedy = (
            f"Please check that the {product} system is up and that our address is not blocked in its firewall, "
            f"fail2ban or sipPROT; no port of {target.address} answers us."
        )
    said += _why_asked(target, requirement.port)
    return Finding(requirement.check, Status.FAIL, str(observed.reach), said, move, remedy, evidence)


def _why_asked(target: Target, port: int) -> str:
    """Who says that a port of full operation is needed; nothing for a port of access."""
    sources = [entry.source for entry in target.profile.operational if entry.port == port]
    if not sources:
        return ""
    return f" It is listed for full operation ({sources[0] or 'whose list says so is not stated'})."


_VERDICTS: dict[About, Verdict] = {
    About.ARGUMENTS: arguments,
    About.RESOLVES: _resolves,
    About.PUBLIC: public,
    About.TCP: _tcp,
    About.BANNER: banner,
    About.HANDSHAKE: handshake,
    About.ALGORITHMS: algorithms,
    About.HOST_KEY: host_key,
    About.SSH_CERTIFICATE: certificate,
    About.LOGIN: login,
    About.SHELL: shell,
    About.FACTS: fact,
    About.WEB: web,
    About.SIGN_IN: sign_in,
    About.EXPOSED: exposed,
    About.API_LICENSE: api_license,
    About.API_SERVICES: api_services,
    About.SIP: sip_options,
}
