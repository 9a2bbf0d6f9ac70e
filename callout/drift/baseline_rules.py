"""Pure: may a look become the new baseline? All reasons at once; what is not explained is never taken over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callout.drift.change import What
from callout.drift.judged import Judged
from callout.drift.look import Look, Section, Whole
from callout.drift.provenance import Provenance
from callout.findings import Finding, Move, Status

CHECK = "baseline"
# So many findings are named one by one; the rest is counted.
MOST_NAMED = 50


def judge_renewal(
    judged: Iterable[Judged], unknown: Sequence[tuple[Section, str]], look: Look | None = None
) -> list[Finding]:
    """The reasons that refuse it (`blocks`), or one finding that passes.

    `judged` and `unknown` are those of the look against the baseline that it would replace; for a first one both are
    empty. `look` is what would be recorded: a section that it does not know would be unknown for ever after.
    """
    all_of_them = list(judged)
    standing = sorted((one for one in all_of_them if one.unexplained), key=lambda one: (one.provenance, one.id))
    findings = [_drift(one) for one in standing[:MOST_NAMED]]
    if len(standing) > MOST_NAMED:
        seen = f"{len(standing) - MOST_NAMED} more changes are not explained."
        findings.append(Finding(f"{CHECK}.drift", Status.FAIL, "more", seen, Move.CUSTOMER, _REMEDY))
    missing = dict(unknown)
    if look is not None:
        for section in Section:
            state = look.sections.get(section)
            if state is None or state.state is Whole.UNKNOWN:
                missing.setdefault(section, state.why if state and state.why else "It was not looked at.")
        if look.disagreements:
            findings += [_disagreement(one) for one in look.disagreements[:MOST_NAMED]]
    findings += [_unknown(section, why) for section, why in missing.items()]
    if findings:
        return findings
    waived = sum(one.waiver is not None and not one.provenance.explains for one in all_of_them)
    carried = f" {waived} waived changes go on standing beside it." if waived else ""
    return [Finding(f"{CHECK}.drift", Status.PASS, "ok", f"All changes are explained.{carried}")]


_REMEDY = "Undo it, have it accepted (callout drift waive), or find its maker."
_WORDS = {What.ADDED: "was added", What.REMOVED: "was removed", What.CHANGED: "was changed"}


def _drift(one: Judged) -> Finding:
    supported = one.provenance is not Provenance.UNSUPPORTED
    told = "nobody can be told to have done it" if supported else "it is unsupported"
    seen = f"{one.id}: {one.change.section} {one.change.shown} {_WORDS[one.change.what]}, and {told}."
    status = Status.UNKNOWN if supported else Status.FAIL
    return Finding(f"{CHECK}.drift", status, str(one.provenance), seen, Move.CUSTOMER, _REMEDY, {"finding": one.id})


def _unknown(section: Section, why: str) -> Finding:
    seen = f"The {section} cannot be compared: {why}"
    return Finding(f"{CHECK}.section@{section}", Status.UNKNOWN, "unknown", seen, Move.US, "Look again.")


def _disagreement(said: str) -> Finding:
    seen = f"Two ways of looking told differently: {said}"
    return Finding(f"{CHECK}.agreement", Status.UNKNOWN, "disagreement", seen, Move.US, "Look at the system by hand.")
