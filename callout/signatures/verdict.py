"""Pure: what one signature came to, and whether that lets what was signed be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callout.errors import TrustRefused


class Answer(StrEnum):
    """What a signature came to. Only `good` lets anything in."""

    GOOD = "good"
    UNKNOWN_KEY = "unknown key"
    REVOKED_KEY = "revoked key"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    TAMPERED = "tampered"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One signature's answer. `signer` is the principal in allowed_signers where the key is in it, else empty;
    `names` are all principals of that line, for a key that several people share."""

    answer: Answer
    signer: str
    fingerprint: str
    names: tuple[str, ...] = ()


_SENTENCES = {
    Answer.TAMPERED: (
        "the signature does not belong to this content",
        "Do not use it. Get it again from where it was made, and ask who changed it.",
    ),
    Answer.UNKNOWN_KEY: (
        "it was signed by {who}, which is not among the allowed signers",
        "If that person may sign, add the key to allowed_signers; else do not use it.",
    ),
    Answer.REVOKED_KEY: ("the key of {who} was revoked", "Have it signed by somebody whose key is good."),
    Answer.EXPIRED: ("the key of {who} is valid no more", "Have it signed with the key that followed."),
    Answer.NOT_YET_VALID: ("the key of {who} is not valid yet", "Look at valid-after, and at this machine's clock."),
}


def require_good(verdicts: Sequence[Verdict], what: str) -> None:
    """Raises TrustRefused, naming `what`, unless every signature is good; one that was tampered with is told first."""
    for verdict in sorted(verdicts, key=lambda one: one.answer is not Answer.TAMPERED):
        if verdict.answer is not Answer.GOOD:
            sentence, hint = _SENTENCES[verdict.answer]
            who = verdict.signer or verdict.fingerprint or "nobody we can name"
            raise TrustRefused(f"{what}: {verdict.answer}: {sentence.format(who=who)}.", hint)
