"""Pure: an observation → findings, with whose move it is and the remedy."""

from __future__ import annotations

from typing import Any

from access_check.observations import Sip, SipObservation
from access_check.requirements import with_waiver
from access_check.targets import Target
from callout.findings import Finding, Move, Status
from callout.health.judge_web import judge_api, judge_gui
from callout.health.observation import DiskRoom, HealthObservation, ShellSeen

ROOM_WARN_PERCENT = 5
ROOM_WARN_KIB = 512 * 1024
ROOM_FAIL_KIB = 16 * 1024


def health_checks(target: Target) -> frozenset[str]:
    """The names of all findings that `judge` may make of this system, but for one `api.service@NAME` per service."""
    asked = {f"sip.options@{target.profile.sip_port}", "gui.page", "api.key", "api.licence", "api.services"}
    return frozenset({*asked, "asterisk.running", "asterisk.calls", "disk.free@/", "system.load", "api.service"})


def judge(observation: HealthObservation, target: Target) -> list[Finding]:
    """One finding per thing looked at, in a fixed order; waivers of `target` are applied.

    Calls in progress are told, not judged: waiting for them is the change's affair. What could not be
    understood is unknown.
    """
    findings = [
        _asterisk(observation.shell),
        _calls(observation.shell),
        _sip(observation.sip, target.profile.sip_port),
        *judge_gui(observation.gui),
        *judge_api(observation.api),
        _disk(observation.shell),
        *_load(observation.shell),
    ]
    return [with_waiver(target, finding) for finding in findings]


def _asterisk(shell: ShellSeen) -> Finding:
    check = "asterisk.running"
    if shell.trouble:
        return _unknown(check, "no-shell", f"Asterisk could not be asked: {shell.trouble}", "Run access-check on it.")
    if shell.command:
        evidence = {"command": shell.command, "version": shell.version}
        return Finding(check, Status.PASS, "running", f"Asterisk runs: {shell.version}.", evidence=evidence)
    if shell.complaints:
        return Finding(
            check,
            Status.FAIL,
            "not-running",
            f"Asterisk does not answer: {shell.complaints[0]}.",
            Move.US,
            "Start Asterisk, or find out in its log why it stopped.",
        )
    missing = ", ".join(shell.missing) or "any command for it"
    return _unknown(
        check,
        "no-command",
        f"There is no way to ask Asterisk: not installed are {missing}.",
        "Name its command: callout_system.operation.asterisk.",
    )


def _calls(shell: ShellSeen) -> Finding:
    check = "asterisk.calls"
    if shell.calls is None:
        seen = f"it said {shell.calls_said!r}" if shell.calls_said else "it gave no answer"
        return _unknown(
            check,
            "uncounted",
            f"How many calls are in progress is not known: {seen}.",
            "Ask Asterisk there: core show channels count.",
        )
    calls = shell.calls
    evidence = {"calls": calls.calls, "channels": calls.channels, "processed": calls.processed}
    seen = f"{calls.calls} calls in progress on {calls.channels} channels."
    return Finding(check, Status.PASS, "counted", seen, evidence=evidence)


def _sip(sip: SipObservation | None, port: int) -> Finding:
    check = f"sip.options@{port}"
    if sip is None:
        return _unknown(check, "unasked", "SIP was not asked: no address is on file.", "Set ansible_host.")
    if sip.sip is Sip.ANSWERED:
        line = f"{sip.status} {sip.reason}".strip()
        evidence = {"status": sip.status, "user_agent": sip.user_agent, "duration_ms": sip.duration_ms}
        return Finding(check, Status.PASS, "alive", f"SIP answers OPTIONS with {line}.", evidence=evidence)
    if sip.sip is Sip.RESOLVE_FAILED:
        return _unknown(check, str(sip.sip), "SIP was not asked: the name does not resolve.", "Correct ansible_host.")
    return Finding(
        check,
        Status.FAIL,
        str(sip.sip),
        f"SIP gives no answer to OPTIONS on UDP port {port}: {sip.sip}.",
        Move.US,
        "See whether Asterisk listens there; if a firewall keeps us out, waive it with that reason.",
    )


def _disk(shell: ShellSeen) -> Finding:
    check = "disk.free@/"
    room: DiskRoom | None = shell.disk
    if room is None:
        return _unknown(check, "unreadable", "How much room is left on / is not known.", "Ask there: df -P -k /.")
    mebibytes = room.free_kib // 1024
    seen = f"{mebibytes} MiB ({room.free_percent} %) are free on /."
    evidence: dict[str, Any] = {"size_kib": room.size_kib, "free_kib": room.free_kib}
    remedy = "Ask the customer which recordings or logs may go."
    if room.free_kib < ROOM_FAIL_KIB:
        return Finding(check, Status.FAIL, "full", seen, Move.CUSTOMER, remedy, evidence)
    if room.free_percent < ROOM_WARN_PERCENT or room.free_kib < ROOM_WARN_KIB:
        return Finding(check, Status.WARN, "little-room", seen, Move.CUSTOMER, remedy, evidence)
    return Finding(check, Status.PASS, "room", seen, evidence=evidence)


def _load(shell: ShellSeen) -> list[Finding]:
    """What the load is; how much is too much depends on the machine, so it is told and not judged."""
    if not shell.load:
        return []
    seen = f"Load over 1, 5 and 15 minutes: {shell.load}."
    return [Finding("system.load", Status.PASS, "seen", seen, evidence={"load": shell.load})]


def _unknown(check: str, code: str, seen: str, remedy: str) -> Finding:
    return Finding(check, Status.UNKNOWN, code, seen, Move.US, remedy)
