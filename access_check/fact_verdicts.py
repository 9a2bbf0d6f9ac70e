"""Pure: verdicts on what the shell told of the system. None means that there was no time for the question."""

from __future__ import annotations

from collections.abc import Callable

from access_check.disk_verdicts import disk
from access_check.facts_observation import AsteriskSeen, ClockSeen, ShellFacts, Tool
from access_check.findings import Finding, Move, Status
from access_check.observations import Observations
from access_check.requirements import Requirement
from access_check.targets import Target

Verdict = Callable[[str, Target, ShellFacts], Finding]
_LOST_WITH_BUSYBOX_TAR = "a backup keeps no extended attributes, no sparse files, and hard links only inside one batch"


def fact(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """What one of the facts comes to; the check's own name says which."""
    observed = seen.ssh.get(requirement.port)
    if observed is None or observed.shell is None or observed.shell.facts is None:
        return None
    facts = observed.shell.facts
    name = requirement.check.partition("@")[0].removeprefix("facts.")
    if not facts.whole and not _told(name, facts):
        return None
    return _VERDICTS[name](requirement.check, target, facts)


def clock_difference_s(clock: ClockSeen) -> tuple[int, int]:
    """The least and the greatest difference of their clock from ours that was seen, in seconds; ahead is positive.

    Theirs is told in whole seconds and was read at some moment of the round trip: the truth lies between.
    Both bounds are rounded away from each other.
    """
    least = clock.theirs_s * 1000 - clock.after_ms
    greatest = (clock.theirs_s + 1) * 1000 - clock.before_ms
    return least // 1000, -(-greatest // 1000)


def _told(name: str, facts: ShellFacts) -> bool:
    return {
        "disk": bool(facts.rooms),
        "load": bool(facts.load) and facts.cpus is not None,
        "clock": facts.clock is not None,
        "tools": bool(facts.tar),  # told behind the last of them
        "version": True,  # it stops nobody, told or not
        "calls": facts.asterisk is not None and bool(facts.asterisk.calls_said),
    }[name]


def _load(check: str, target: Target, facts: ShellFacts) -> Finding:
    limit = target.profile.facts.load_high_per_cpu
    evidence: dict[str, object] = {"load": facts.load, "cpus": facts.cpus}
    if not facts.load or facts.cpus is None:
        return _unknown(
            check, f"The load of {target.name} is not known.", "Ask there: cat /proc/loadavg; nproc.", evidence
        )
    cpus = f"{facts.cpus} processor{'s' if facts.cpus > 1 else ''}"
    said = f"Load over 1, 5 and 15 minutes: {facts.load}, on {cpus}."
    if float(facts.load.split()[1]) <= limit * facts.cpus:
        return Finding(check, Status.PASS, "load", said, evidence=evidence)
    said += f" That is more than {limit:g} for each processor."
    remedy = "See what keeps it busy before anything is changed; what we do there will be slow."
    return Finding(check, Status.WARN, "load-high", said, Move.US, remedy, evidence)


def _clock(check: str, target: Target, facts: ShellFacts) -> Finding:
    rules = target.profile.facts
    if facts.clock is None:
        return _unknown(check, f"What time it is on {target.name} is not known.", "Ask there: date -u.")
    least, greatest = clock_difference_s(facts.clock)
    # What the round trip can explain is no skew: the difference that is sure is the bound nearer to nothing.
    sure = least if least > 0 else greatest if greatest < 0 else 0
    evidence = {"least_s": least, "greatest_s": greatest, "sure_s": sure}
    if abs(sure) <= rules.clock_warn_s:
        said = f"Its clock agrees with ours within {max(abs(least), abs(greatest))} s."
        return Finding(check, Status.PASS, "in-step", said, evidence=evidence)
    side = "ahead of" if sure > 0 else "behind"
    status = Status.FAIL if abs(sure) > rules.clock_fail_s else Status.WARN
    said = f"Its clock is at least {_span(abs(sure))} {side} ours."
    remedy = f"Please set the clock of {target.name} ({target.address}) right and let it follow a time server (NTP): "
    remedy += "time-limited access (BSSUP certificates), call records and logs depend on it."
    return Finding(check, status, "clock-skew", said, Move.CUSTOMER, remedy, evidence)


def _tools(check: str, target: Target, facts: ShellFacts) -> Finding:
    needed = target.profile.facts.tools
    crafts = {"backup": needed.backup, "patch": needed.patch}
    every = dict.fromkeys((*needed.backup, *needed.patch))
    untold = [name for name in every if name not in facts.tools]
    absent = {name for name in every if facts.tools.get(name) is Tool.ABSENT}
    busybox = [name for name, how in facts.tools.items() if how is Tool.BUSYBOX]
    if "tar" not in busybox and "busybox" in facts.tar.lower():
        busybox.append("tar")
    evidence: dict[str, object] = {"tools": {name: str(how) for name, how in facts.tools.items()}, "tar": facts.tar}
    if absent:
        lacks = [
            f"{craft} needs {', '.join(lost)}" for craft, names in crafts.items() if (lost := _among(names, absent))
        ]
        said = f"Programs are missing there: {'; '.join(lacks)}."
        remedy = (
            "Nothing is installed on a customer's system: ask the vendor how this one is to be backed up or patched."
        )
        return Finding(check, Status.FAIL, "tools-missing", said, Move.US, remedy, evidence)
    if untold:
        return _unknown(
            check, f"Whether there is {', '.join(untold)} was not told.", "Ask there: command -v.", evidence
        )
    if "tar" in busybox:
        said = f"Programs there are busybox's ({_some(busybox)}); with its tar {_LOST_WITH_BUSYBOX_TAR}."
        remedy = "Say so in the plan, and see in the backup's report what it could keep; install nothing."
        return Finding(check, Status.WARN, "busybox-tools", said, Move.US, remedy, evidence)
    said = f"All that a backup and a patch need is there ({facts.tar or 'tar does not say which it is'})."
    return Finding(check, Status.PASS, "there", said, evidence=evidence)


def _version(check: str, target: Target, facts: ShellFacts) -> Finding:
    """Where the product keeps its version is not published: unknown here must not stop anybody."""
    asterisk = facts.asterisk.version if facts.asterisk else ""
    evidence = {"product": facts.product, "asterisk": asterisk}
    also = f" {asterisk.removesuffix('.')}." if asterisk else ""
    if facts.product:
        return Finding(check, Status.PASS, "version", f"The product says: {facts.product}.{also}", evidence=evidence)
    if target.api is not None and target.api.key.get_secret_value().strip():
        said = f"The shell does not tell the product's version; the API does (api.license).{also}"
        return Finding(check, Status.PASS, "by-api", said, evidence=evidence)
    remedy = "Put the API's key on file (callout_system.api.key), or name what tells the version on this system: "
    remedy += "callout_system.access.facts.version_file or version_command."
    said = f"The product's version is not known.{also}"
    return Finding(check, Status.WARN, "version-unknown", said, Move.US, remedy, evidence)


def _calls(check: str, target: Target, facts: ShellFacts) -> Finding:
    asterisk = facts.asterisk or AsteriskSeen()
    if asterisk.calls is None:
        why = _why_uncounted(asterisk)
        remedy = (
            "Ask Asterisk there: core show channels count. A change counts again, and does not begin without a count."
        )
        seen = f"How many calls are in progress is not known: {why}."
        evidence = {"complaints": list(asterisk.complaints), "missing": list(asterisk.missing)}
        return Finding(check, Status.UNKNOWN, "calls-unknown", seen, Move.US, remedy, evidence)
    count = asterisk.calls
    counted = {"calls": count.calls, "channels": count.channels, "command": asterisk.command}
    if count.calls:
        said = f"{count.calls} call{'s are' if count.calls > 1 else ' is'} in progress."
        remedy = "Change nothing that cuts them: a change waits for them to end."
        return Finding(check, Status.WARN, "calls-in-progress", said, Move.US, remedy, counted)
    return Finding(check, Status.PASS, "idle", "No call is in progress.", evidence=counted)


def _why_uncounted(asterisk: AsteriskSeen) -> str:
    if asterisk.calls_said:
        return f"Asterisk said “{asterisk.calls_said}”"
    if asterisk.command:
        return "Asterisk runs, and gave no count"
    if asterisk.complaints:
        return f"Asterisk does not answer (“{asterisk.complaints[0]}”)"
    missing = ", ".join(asterisk.missing) or "any command for it"
    return f"there is no way to ask Asterisk, not installed are {missing}"


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 5 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _among(names: tuple[str, ...], absent: set[str]) -> list[str]:
    return [name for name in names if name in absent]


def _span(seconds: int) -> str:
    """`45 s`, `12 min`, `3 h`, `2 days`: the greatest unit of which there are two, rounded down."""
    for length, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _unknown(check: str, seen: str, remedy: str, evidence: dict[str, object] | None = None) -> Finding:
    return Finding(check, Status.UNKNOWN, "not-understood", seen, Move.US, remedy, evidence or {})


_VERDICTS: dict[str, Verdict] = {
    "disk": disk,
    "load": _load,
    "clock": _clock,
    "tools": _tools,
    "version": _version,
    "calls": _calls,
}
