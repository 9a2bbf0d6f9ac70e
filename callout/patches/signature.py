"""Signatures of bundles: `ssh-keygen -Y`, namespace `callout-bundle`. Four ways to fail, four answers."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from callout.errors import BadInput, TrustRefused
from callout.patches.bundle import Bundle, Container, read_container, read_payload
from callout.programs import printable, run_program

NAMESPACE = "callout-bundle"
REVOKED_FILE = "revoked_keys"


class Answer(StrEnum):
    """What a signature came to. Only `good` lets a bundle in."""

    GOOD = "good"
    UNKNOWN_KEY = "unknown key"
    REVOKED_KEY = "revoked key"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    TAMPERED = "tampered"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One signature's answer; `signer` is the principal in allowed_signers where the key is in it, else empty."""

    answer: Answer
    signer: str
    fingerprint: str


def sign(payload: bytes, key: Path) -> bytes:
    """A detached signature by `key` (a private key, or a public one whose private half is in the agent).

    Raises BadInput where ssh-keygen cannot sign with it.
    """
    if not key.is_file():
        raise BadInput(f"There is no key at {key}.", "Name a private key, or a public one that the agent holds.")
    done = run_program(["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key)], stdin=payload)
    if done.rc != 0 or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        raise BadInput(f"{key} cannot sign: {done.complaint}.", "Load it into ssh-agent and name its .pub file.")
    return done.stdout


def judge(container: Container, allowed_signers: Path, now: dt.datetime) -> list[Verdict]:
    """One verdict per signature, in order.

    `allowed_signers` is in ssh-keygen's format; `revoked_keys` beside it, if there is one, holds public
    keys that count no more. Validity is judged at `now` (aware). Raises TrustRefused where the file of
    allowed signers is missing.
    """
    if not allowed_signers.is_file():
        raise TrustRefused(
            f"There is no file of allowed signers at {allowed_signers}: no bundle can be trusted.",
            'Make it, one line each: NAME namespaces="callout-bundle" ssh-ed25519 AAAA…; see the how-to.',
        )
    return [_judge_one(container.payload, one, allowed_signers, now) for one in container.signatures]


def require_trusted(verdicts: Sequence[Verdict], what: str) -> list[str]:
    """The signers, sorted. Raises TrustRefused unless all signatures are good, and there is at least one."""
    if not verdicts:
        raise TrustRefused(f"{what} is not signed.", f"Sign it: callout patch sign {what} --key KEY.")
    for verdict in sorted(verdicts, key=lambda one: one.answer is not Answer.TAMPERED):
        if verdict.answer is not Answer.GOOD:
            sentence, hint = _SENTENCES[verdict.answer]
            who = verdict.signer or verdict.fingerprint or "nobody we can name"
            raise TrustRefused(f"{what}: {verdict.answer}: {sentence.format(who=who)}.", hint)
    return sorted({verdict.signer for verdict in verdicts})


def trusted_bundle(path: Path, allowed_signers: Path, now: dt.datetime) -> tuple[Bundle, list[str]]:
    """The bundle at `path` and who signed it; the payload is read only once its signature holds.

    Raises TrustRefused, and BadInput for a file that is no bundle.
    """
    container = read_container(path)
    signers = require_trusted(judge(container, allowed_signers, now), str(path))
    return read_payload(container, str(path)), signers


_SENTENCES = {
    Answer.TAMPERED: (
        "the signature does not belong to this content",
        "Do not use it. Get the bundle again from where it was built, and ask who changed it.",
    ),
    Answer.UNKNOWN_KEY: (
        "it was signed by {who}, which is not among the allowed signers",
        "If that person may sign, add the key to allowed_signers; else do not use it.",
    ),
    Answer.REVOKED_KEY: ("the key of {who} was revoked", "Have it signed by somebody whose key is good."),
    Answer.EXPIRED: ("the key of {who} is valid no more", "Have it signed with the key that followed."),
    Answer.NOT_YET_VALID: ("the key of {who} is not valid yet", "Look at valid-after, and at this machine's clock."),
}
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/=]{20,64}")


def _judge_one(payload: bytes, signature: bytes, allowed: Path, now: dt.datetime) -> Verdict:
    """Is it a signature of this content at all; by whom; does that key count at `now`?"""
    with tempfile.TemporaryDirectory(prefix="callout-sig-") as folder:
        file = Path(folder) / "1.sig"
        file.write_bytes(signature)
        at = f"-Overify-time={now.astimezone(dt.UTC):%Y%m%d%H%M%SZ}"
        keygen = ["ssh-keygen", "-Y"]
        about = ["-s", str(file), "-f", str(allowed)]
        check = run_program([*keygen, "check-novalidate", "-n", NAMESPACE, "-s", str(file)], stdin=payload)
        if check.rc != 0:
            return Verdict(Answer.TAMPERED, "", "")
        match = _FINGERPRINT.search(check.text)
        fingerprint = match[0] if match else ""
        found = run_program([*keygen, "find-principals", at, *about])
        signer = printable(found.text.splitlines()[0]) if found.rc == 0 and found.text.strip() else ""
        if not signer:
            said = found.stderr.decode("utf-8", "replace")
            return Verdict(_why_not_found(said), "", fingerprint)
        verify = [*keygen, "verify", at, "-n", NAMESPACE, "-I", signer, *about]
        revoked = allowed.with_name(REVOKED_FILE)
        if revoked.is_file() and run_program([*verify, "-r", str(revoked)], stdin=payload).rc != 0:
            good_otherwise = run_program(verify, stdin=payload).rc == 0
            return Verdict(Answer.REVOKED_KEY if good_otherwise else Answer.UNKNOWN_KEY, signer, fingerprint)
        good = run_program(verify, stdin=payload).rc == 0
        # Found but not accepted: the line allows that key for another namespace only.
        return Verdict(Answer.GOOD if good else Answer.UNKNOWN_KEY, signer, fingerprint)


def _why_not_found(said: str) -> Answer:
    if "key has expired" in said:
        return Answer.EXPIRED
    return Answer.NOT_YET_VALID if "not yet valid" in said else Answer.UNKNOWN_KEY
