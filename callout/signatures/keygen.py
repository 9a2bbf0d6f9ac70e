"""Signs and judges with `ssh-keygen -Y`. The key is never read by us. Four ways to fail, four answers."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from callout.errors import BadInput, TrustRefused
from callout.programs import printable, run_program
from callout.signatures.verdict import Answer, Verdict

_BEGINS = b"-----BEGIN SSH SIGNATURE-----"
_KRL = b"SSHKRL\n\0"
_BAD_LINE = re.compile(r":(\d+): ((?:bad options|missing key|invalid key)[^\n]*)")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/=]{20,64}")


def sign(payload: bytes, key: Path, namespace: str) -> bytes:
    """A detached signature by `key` (a private key, or a public one whose private half is in the agent).

    Raises BadInput where ssh-keygen cannot sign with it.
    """
    if not key.is_file():
        raise BadInput(f"There is no key at {key}.", "Name a private key, or a public one that the agent holds.")
    done = run_program(["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(key)], stdin=payload)
    if done.rc != 0 or not done.stdout.startswith(_BEGINS):
        raise BadInput(f"{key} cannot sign: {done.complaint}.", "Load it into ssh-agent and name its .pub file.")
    return done.stdout


def judge_signatures(
    payload: bytes,
    signatures: Sequence[bytes],
    *,
    namespace: str,
    allowed_signers: Path,
    revoked_keys: Path | None,
    at: dt.datetime,
) -> list[Verdict]:
    """One verdict per signature, in order. Whether a key's time has come, or is over, is judged at `at` (aware).

    Raises TrustRefused where the file of allowed signers is missing, or a file of revoked keys that is named.
    """
    if not allowed_signers.is_file():
        raise TrustRefused(
            f"There is no file of allowed signers at {allowed_signers}: nobody's signature can be trusted.",
            f'Make it, one line each: NAME namespaces="{namespace}" ssh-ed25519 AAAA…; see docs/howto/patches.md.',
        )
    if revoked_keys is not None and not revoked_keys.is_file():
        raise TrustRefused(
            f"There is no file of revoked keys at {revoked_keys}: whether a key still counts is not known.",
            "Put it there, or name none (callout_policy.patches.revoked_keys).",
        )
    if revoked_keys is not None:
        _require_readable(revoked_keys)
    lists = (allowed_signers, revoked_keys)
    return [_judge_one(payload, one, namespace, lists, at) for one in signatures]


def _judge_one(
    payload: bytes, signature: bytes, namespace: str, lists: tuple[Path, Path | None], at: dt.datetime
) -> Verdict:
    """Is it a signature of this content at all; by whom; does that key count at `at`?"""
    allowed_signers, revoked = lists
    with tempfile.TemporaryDirectory(prefix="callout-sig-") as folder:
        file = Path(folder) / "1.sig"
        file.write_bytes(signature)
        time = f"-Overify-time={at.astimezone(dt.UTC):%Y%m%d%H%M%SZ}"
        keygen = ["ssh-keygen", "-Y"]
        about = ["-s", str(file), "-f", str(allowed_signers)]
        check = run_program([*keygen, "check-novalidate", "-n", namespace, "-s", str(file)], stdin=payload)
        if check.rc != 0:
            return Verdict(Answer.TAMPERED, "", "")
        match = _FINGERPRINT.search(check.text)
        fingerprint = match[0] if match else ""
        found = run_program([*keygen, "find-principals", time, *about])
        names = tuple(printable(line) for line in found.text.splitlines()) if found.rc == 0 else ()
        signer = names[0] if names else ""
        if not signer:
            said = found.stderr.decode("utf-8", "replace")
            return Verdict(_why_not_found(said, allowed_signers, namespace), "", fingerprint)
        verify = [*keygen, "verify", time, "-n", namespace, "-I", signer, *about]
        if revoked is not None and run_program([*verify, "-r", str(revoked)], stdin=payload).rc != 0:
            good_otherwise = run_program(verify, stdin=payload).rc == 0
            answer = Answer.REVOKED_KEY if good_otherwise else Answer.UNKNOWN_KEY
            return Verdict(answer, signer, fingerprint, names)
        good = run_program(verify, stdin=payload).rc == 0
        # Found but not accepted: the line allows that key for another namespace only.
        return Verdict(Answer.GOOD if good else Answer.UNKNOWN_KEY, signer, fingerprint, names)


def _why_not_found(said: str, allowed_signers: Path, namespace: str) -> Answer:
    if "key has expired" in said:
        return Answer.EXPIRED
    if "not yet valid" in said:
        return Answer.NOT_YET_VALID
    if bad := _BAD_LINE.search(said):
        # A line that cannot be read may be the very one that allows this key, or forbids it.
        raise TrustRefused(
            f"{allowed_signers}: line {bad[1]} cannot be read: {printable(bad[2])[:120]}.",
            f'Mend it; a line is NAME namespaces="{namespace}" ssh-ed25519 AAAA….',
        )
    return Answer.UNKNOWN_KEY


def _require_readable(revoked: Path) -> None:
    """ssh-keygen takes every key for revoked by a file that it cannot read; that is another answer."""
    try:
        raw = revoked.read_bytes()
    except OSError as error:
        raise TrustRefused(f"{revoked} cannot be read: {error.strerror}.", "Make it readable.") from None
    if raw.startswith(_KRL):
        readable = run_program(["ssh-keygen", "-Q", "-l", "-f", str(revoked)]).rc == 0
    else:
        keys = sum(1 for line in raw.splitlines() if line.strip() and not line.lstrip().startswith(b"#"))
        listed = run_program(["ssh-keygen", "-l", "-f", str(revoked)]) if keys else None
        readable = listed is None or (listed.rc == 0 and len(listed.text.splitlines()) == keys)
    if not readable:
        raise TrustRefused(
            f"{revoked} is neither a list of public keys nor a KRL: whether a key still counts is not known.",
            "Public keys, one per line, or what ssh-keygen -k makes.",
        )
