"""How a matter ends: exactly one of five ways (published procedure)."""

from __future__ import annotations

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
    "bug": ("reference", "--reference names the bug in the tracker, --why indicates when."),
    "feature-road-map": ("reference", "--reference says where the request went."),
    "feature-account-manager": ("reference", "--reference names the account manager."),
}


def check_outcome(outcome: str, why: str, reference: str) -> None:
    """Nothing, for an ending that says all that it must. Raises BadInput with what is missing."""
    if outcome not in OUTCOMES:
        raise BadInput(f"{outcome!r} is none of the five outcomes.", f"Use one of: {', '.join(OUTCOMES)}.")
    needed = _NEEDED.get(outcome)
    if needed and not {"why": why, "reference": reference}[needed[0]].strip():
        raise BadInput(f"Outcome {outcome} needs {needed[0]}.", needed[1])
