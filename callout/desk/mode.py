"""Support or maintenance: who does the work in a case. Pure.

Published procedure: support is "you ask, we tell, you do", maintenance is "you ask, we do"; a customer with a support
contract who wants the work done gets, where possible, a quote of a reasonable time first. So the way of `we_do` is
quote → consent → call-out, and that of `you_do` is instructions that point at the documentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.policy.outcomes import is_link

MOST_LINKS = 20


class Mode(StrEnum):
    """Who does it. Open as long as nobody has said."""

    OPEN = ""
    YOU_DO = "you_do"
    WE_DO = "we_do"


MODE_WORDS = {
    Mode.OPEN: "nobody has said yet who does the work",
    Mode.YOU_DO: "support: we tell, the customer does",
    Mode.WE_DO: "maintenance: we do it",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case is on the way of `we_do`. Numbers of accepted quotes, consents (ids) and call-outs."""

    contract: str
    emergency: bool
    quotes: tuple[str, ...] = ()
    open_quotes: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    callouts: tuple[str, ...] = ()


def mode_named(written: str) -> Mode:
    """`you_do` or `we_do`, also with a hyphen. Raises BadInput for anything else."""
    word = written.strip().replace("-", "_")
    if word not in (Mode.YOU_DO, Mode.WE_DO):
        raise BadInput(f"{written[:40]!r} is no way of working.", "Use you_do (we tell) or we_do (we do it).")
    return Mode(word)


def documentation_links(written: Sequence[str]) -> list[str]:
    """The links in their order, each once. Raises BadInput for what is no link, and for more than 20."""
    if bad := [link for link in written if not is_link(link.strip())]:
        raise BadInput(f"{bad[0][:80]!r} is no link.", "Write it like https://docs.example/page.")
    links = list(dict.fromkeys(link.strip() for link in written))
    if len(links) > MOST_LINKS:
        raise BadInput(f"{len(links)} links are more than anybody reads.", f"Give {MOST_LINKS} at most.")
    return links


def reasons_against_instructions(mode: str, links: Sequence[str], case: str) -> list[Finding]:
    """Why instructions cannot be given now: where we do the work, and where they point at no documentation."""
    found = []
    if mode == Mode.WE_DO:
        found.append(
            Finding(
                "mode", Status.FAIL, "we-do", f"In {case} we do the work.", Move.US,
                f"Switch first: callout case change {case} --mode you_do --reason …",
            )
        )  # fmt: skip
    if not links:
        found.append(
            Finding(
                "instructions.link", Status.FAIL, "no-link", "The instructions point at no documentation.", Move.US,
                "Give the page with --link. Where there is none, explain it in a reply without --instructions: support "
                "is owed.",
            )
        )  # fmt: skip
    return found


def reasons_against_callout(mode: str, case: str) -> list[Finding]:
    """Why no call-out can be opened for the case: in it the customer does the work."""
    if mode != Mode.YOU_DO:
        return []
    return [
        Finding(
            "mode", Status.FAIL, "you-do", f"In {case} the customer does the work.", Move.US,
            f"Switch first: callout case change {case} --mode we_do --reason …",
        )
    ]  # fmt: skip


def steps_of(progress: Progress, case: str) -> list[Finding]:
    """The steps of `we_do` in their order, each done or with what to do. None of them blocks: the gate of a call-out
    decides about a change, and a quote is made where that is possible."""
    return [_quote(progress, case), _consent(progress), _callout(progress, case)]


def _quote(progress: Progress, case: str) -> Finding:
    check = "we_do.quote"
    if progress.quotes:
        return Finding(check, Status.PASS, "accepted", f"Accepted: {', '.join(progress.quotes)}.")
    if progress.contract == "maintenance":
        return Finding(check, Status.PASS, "not-needed", "Part of the maintenance contract: no quote is needed.")
    if progress.emergency:
        return Finding(check, Status.PASS, "emergency", "An emergency: there is no time for a quote.")
    if progress.open_quotes:
        return Finding(
            check, Status.WARN, "open", f"Not answered yet: {', '.join(progress.open_quotes)}.", Move.CUSTOMER,
            f"callout quote accept {progress.open_quotes[-1]}, or decline.",
        )  # fmt: skip
    return Finding(
        check, Status.WARN, "none", "No quote was made.", Move.US,
        f"Where possible the customer gets one first: callout quote make --ticket {case}",
    )  # fmt: skip


def _consent(progress: Progress) -> Finding:
    check = "we_do.consent"
    if progress.consents:
        return Finding(check, Status.PASS, "given", "The customer has consented to a plan.")
    remedy = "callout plan, then callout consent: no change without it, the gate sees to that."
    return Finding(check, Status.WARN, "none", "The customer has consented to no plan yet.", Move.CUSTOMER, remedy)


def _callout(progress: Progress, case: str) -> Finding:
    check = "we_do.callout"
    if progress.callouts:
        return Finding(check, Status.PASS, "opened", f"Opened: {', '.join(progress.callouts)}.")
    return Finding(check, Status.WARN, "none", "No call-out is open for it.", Move.US, f"callout open --case {case}")
