"""How a matter ends: exactly one of five ways (published procedure)."""

from __future__ import annotations

import re

from callout.errors import BadInput

OUTCOMES = {
    "satisfied": "the customer is satisfied",
    "not-possible": "explained as not possible, and why",
    "feature-road-map": "a feature request for the road map",
    "feature-account-manager": "a feature request that the customer takes to the account manager",
    "bug": "a bug in the tracker, with an indication of when",
}
_NEEDED = {
    "not-possible": ("why", "--why says why it is not possible."),
    "bug": ("reference", "--reference names the bug in the tracker; say as well when it will be mended."),
    "feature-road-map": ("reference", "--reference says where the request went."),
    "feature-account-manager": ("reference", "--reference names the account manager."),
}
# What is recorded where there is no published answer to the question: support is owed then.
NO_FAQ = "none yet"
_LINK = re.compile(r"https?://[^\s<>\"']{1,490}")


def check_outcome(outcome: str, why: str, reference: str) -> None:
    """Nothing, for an ending that says all that it must. Raises BadInput with what is missing."""
    if outcome not in OUTCOMES:
        raise BadInput(f"{outcome!r} is none of the five outcomes.", f"Use one of: {', '.join(OUTCOMES)}.")
    needed = _NEEDED.get(outcome)
    if needed and not {"why": why, "reference": reference}[needed[0]].strip():
        raise BadInput(f"Outcome {outcome} needs {needed[0]}.", needed[1])


def check_case_outcome(outcome: str, why: str, reference: str, indication: str, faq: str) -> None:
    """The same for the end of a case, which the customer reads: it says more than that of a call-out.

    A bug says when (`indication`, a date or words), and nothing else does; `faq` is a link or `none yet`, never left
    open: where a clear answer is published support has been given, where it is missing more is owed (published
    procedure). Raises BadInput with what is missing or does not belong.
    """
    check_outcome(outcome, why, reference)
    if outcome == "bug" and not indication.strip():
        raise BadInput("Outcome bug needs an indication of when.", "--when: a date or words, like 'release 8.2, May'.")
    if outcome != "bug" and indication.strip():
        raise BadInput(f"Outcome {outcome} indicates no time: only a bug does.", "Leave --when out.")
    check_faq(faq)


def check_faq(faq: str) -> None:
    """Nothing, for a link or for `none yet`. Raises BadInput for all else."""
    if faq != NO_FAQ and not is_link(faq):
        raise BadInput(
            f"{faq[:80]!r} is no link." if faq.strip() else "Nobody said whether a FAQ answers this.",
            "Give its address with --faq https://…, or --no-faq where there is none yet.",
        )


def is_link(written: str) -> bool:
    """Whether it is the address of a page: http or https, at most 500 characters, without spaces or quotes."""
    return _LINK.fullmatch(written) is not None
