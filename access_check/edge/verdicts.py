"""Pure: needed ports and what the router said → a finding per port, whose move it is, and the rule to add."""

from __future__ import annotations

from dataclasses import dataclass

from access_check.addresses import PUBLIC, address_kind
from access_check.edge.devices import DEVICES, Kind
from access_check.edge.forwards import Forward, Parsed
from access_check.edge.observation import EdgeObservation, Look
from access_check.edge.parsers.reading import is_address
from access_check.edge.remedies import Rule, rule_lines
from access_check.findings import Finding, Move, Status
from access_check.observations import HostKey, Login
from access_check.requirements import PRODUCT_NAMES, tcp_ports, with_waiver
from access_check.targets import Target

_LISTED_LINES = 12


@dataclass(frozen=True, slots=True)
class Edge:
    """The router as it matters to a verdict; addresses as text."""

    kind: Kind
    inside_address: str
    managed_by: Move


def judge_edge(target: Target, edge: Edge, seen: EdgeObservation) -> list[Finding]:
    """A finding per needed port, ascending; where the router could not be read one finding that says why."""
    if seen.look is not Look.READ:
        return [with_waiver(target, _unread(edge, seen))]
    parsed = DEVICES[edge.kind].parse(seen.text)
    return [with_waiver(target, judge_port(target, edge, port, parsed)) for port in tcp_ports(target)]


def judge_port(target: Target, edge: Edge, port: int, parsed: Parsed) -> Finding:
    """The verdict on one outside port.

    The first enabled rule for everybody decides, as it does on the devices; then restricted and disabled
    ones. What was not understood makes "absent" unknown, never the other way round.
    """
    public = target.address if target.address and is_address(target.address) else ""
    rule = Rule(port, edge.inside_address, _inside_port(target, port), public)
    found = [forward for forward in parsed.forwards if forward.covers(port) and _about(forward, public)]
    working = [forward for forward in found if forward.enabled]
    for_everybody = [forward for forward in working if not forward.source]
    if for_everybody:
        return _leads(target, edge, rule, for_everybody[0])
    if working:
        return _restricted(target, edge, rule, working[0])
    if not parsed.whole:
        return _unknown(target, edge, rule, _what_is_not_understood(parsed))
    if found:
        return _finding(
            edge,
            rule,
            Status.FAIL,
            "disabled",
            f"The rule for TCP port {port} (line {found[0].line}) is switched off or cannot take effect.",
            f"Please switch on the rule for TCP port {port}; it should be as if written",
            found[0],
        )
    if parsed.hidden:
        return _unknown(target, edge, rule, parsed.hidden)
    return _finding(
        edge,
        rule,
        Status.FAIL,
        "absent",
        f"The {DEVICES[edge.kind].name} forwards no TCP port {port}.",
        f"Please forward TCP port {port} to the {PRODUCT_NAMES[target.product]} system; add",
    )


def _about(forward: Forward, public: str) -> bool:
    """Whether the rule may speak of our public address; one for another public address does not.

    A private outside address means that another router stands in front of this one.
    """
    outside = forward.outside_address
    if not outside or not public or outside == public:
        return True
    return address_kind(outside) != PUBLIC


def _inside_port(target: Target, port: int) -> int:
    """The port that the system itself listens on: the product's where the site's SSH port is another one outside."""
    return target.profile.work_port if port == target.port else port


def _leads(target: Target, edge: Edge, rule: Rule, forward: Forward) -> Finding:
    arrives = forward.inside_port(rule.port)
    where = f"TCP port {rule.port} is forwarded to {forward.inside_host} port {arrives} (line {forward.line})"
    product = PRODUCT_NAMES[target.product]
    if forward.doubt:
        return _unknown(target, edge, rule, f"line {forward.line}: {forward.doubt}", forward)
    if forward.inside_host != rule.inside_host:
        said = f"{where}, but the {product} system is {rule.inside_host}."
        remedy = f"Please let TCP port {rule.port} lead to {rule.inside_host}; instead of that rule"
        return _finding(edge, rule, Status.FAIL, "wrong-host", said, remedy, forward)
    if arrives != rule.inside_port:
        said = f"{where}, but the {product} system listens on port {rule.inside_port}."
        remedy = f"Please let TCP port {rule.port} lead to port {rule.inside_port}; instead of that rule"
        return _finding(edge, rule, Status.FAIL, "wrong-port", said, remedy, forward)
    evidence = {"line": forward.line}
    return Finding(_check(rule), Status.PASS, "right", f"{where}, as it should be.", evidence=evidence)


def _restricted(target: Target, edge: Edge, rule: Rule, forward: Forward) -> Finding:
    """A restriction may well let us in: only the owner can say, so it warns where the rest is right."""
    wide = _leads(target, edge, rule, forward)
    if wide.status is not Status.PASS:
        return wide
    said = f"The rule for TCP port {rule.port} (line {forward.line}) is only for: {forward.source[:200]}."
    remedy = f"Please check that our public addresses may use the rule for TCP port {rule.port}; for everybody it is"
    return _finding(edge, rule, Status.WARN, "restricted", said, remedy, forward)


def _unknown(target: Target, edge: Edge, rule: Rule, why: str, forward: Forward | None = None) -> Finding:
    said = f"Whether TCP port {rule.port} is forwarded is not known: {why}."
    remedy = (
        f"Please look whether the {DEVICES[edge.kind].name} forwards TCP port {rule.port} to the "
        f"{PRODUCT_NAMES[target.product]} system; the rule would be"
    )
    return _finding(edge, rule, Status.UNKNOWN, "unknown", said, remedy, forward)


def _what_is_not_understood(parsed: Parsed) -> str:
    if parsed.cut:
        return "the text is longer than what is read"
    lines = parsed.not_understood
    listed = ", ".join(str(number) for number in lines[:_LISTED_LINES])
    more = f" and {len(lines) - _LISTED_LINES} more" if len(lines) > _LISTED_LINES else ""
    return f"not understood: line {listed}{more}"


def _finding(
    edge: Edge, rule: Rule, status: Status, code: str, said: str, remedy: str, forward: Forward | None = None
) -> Finding:
    lines = rule_lines(edge.kind, rule)
    evidence: dict[str, object] = {"rule": lines}
    if forward is not None:
        evidence |= {"line": forward.line, "leads_to": f"{forward.inside_host} port {forward.inside_port(rule.port)}"}
    return Finding(_check(rule), status, code, said, edge.managed_by, f"{remedy}: {'; '.join(lines)}", evidence)


def _check(rule: Rule) -> str:
    return f"edge.forward@{rule.port}"


def _unread(edge: Edge, seen: EdgeObservation) -> Finding:
    name = DEVICES[edge.kind].name
    move, said, remedy = _why(name, seen)
    evidence = {"look": str(seen.look), "detail": seen.detail, "sent": list(seen.sent)}
    remedy += " Or let them send its output, and judge that with --edge-paste."
    return Finding("edge.read", Status.UNKNOWN, str(seen.look), said, move, remedy, evidence)


def _why(name: str, seen: EdgeObservation) -> tuple[Move, str, str]:
    if seen.look is Look.NOT_OPEN:
        reach = seen.tcp.reach if seen.tcp is not None else "no address"
        return Move.CUSTOMER, f"The {name} lets nobody in by SSH ({reach}).", "Please open SSH on it for our addresses."
    if seen.look is Look.NOT_LOGGED_IN:
        return _not_logged_in(name, seen)
    said = {
        Look.NO_PROMPT: "showed no prompt that we know",
        Look.NO_ANSWER: "opened no session",
        Look.TOO_MUCH: "printed more than is read (1 MiB)",
        Look.TIMEOUT: "did not end its answer in time",
        Look.CLOSED: "cut the connection",
        Look.COMMAND_FAILED: "refused the command",
    }[seen.look]
    detail = f" ({seen.detail})" if seen.detail else ""
    return Move.US, f"The {name} {said}{detail}.", "Check callout_edge.device and the rights of callout_edge.user."


def _not_logged_in(name: str, seen: EdgeObservation) -> tuple[Move, str, str]:
    ssh = seen.ssh
    if ssh is None or ssh.host_key is None:
        ended = ssh.handshake if ssh is not None and ssh.handshake is not None else "no SSH"
        return Move.US, f"No SSH connection to the {name} came about ({ended}).", "Check callout_edge.address and port."
    if ssh.host_key.host_key is not HostKey.KNOWN:
        key = f"{ssh.host_key.kind} {ssh.host_key.fingerprint}"
        said = f"The {name}'s host key is {ssh.host_key.host_key} ({key}); no password was sent."
        return Move.US, said, "Compare the fingerprint with the customer's, then add the key to known_hosts."
    how = ssh.login.login if ssh.login is not None else "no login"
    if ssh.login is not None and ssh.login.login is Login.KEY_UNUSABLE:
        said = f"No login at the {name} was tried: our private key cannot be used ({ssh.login.detail})."
        return Move.US, said, "Correct callout_edge.private_key; it must be readable and without a passphrase."
    tried = "the key" if ssh.login is None or not ssh.login.password_attempts else "the password"
    said = f"The {name} did not let us log in ({how}); {tried} was tried once and is not tried again."
    return Move.CUSTOMER, said, "Please check the router's account for us, its user and its password or key."
