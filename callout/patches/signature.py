"""Signatures of bundles: `ssh-keygen -Y`, namespace `callout-bundle`. Four ways to fail, four answers."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from pathlib import Path

from callout.errors import BadInput, TrustRefused
from callout.inventory.policy import Patches
from callout.patches.bundle import Bundle, Container, read_container, read_payload
from callout.patches.trust import Answer, Trust, Verdict, require_in_time, require_trusted
from callout.programs import printable, run_program

NAMESPACE = "callout-bundle"
REVOKED_FILE = "revoked_keys"


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


def judge(container: Container, trust: Trust, now: dt.datetime) -> list[Verdict]:
    """One verdict per signature, in order. Validity is judged at `now` (aware).

    Raises TrustRefused where the file of allowed signers is missing, or a file of revoked keys that is named.
    """
    if not trust.allowed_signers.is_file():
        raise TrustRefused(
            f"There is no file of allowed signers at {trust.allowed_signers}: no bundle can be trusted.",
            'Make it, one line each: NAME namespaces="callout-bundle" ssh-ed25519 AAAA…; see docs/howto/patches.md.',
        )
    if trust.revoked_keys is not None and not trust.revoked_keys.is_file():
        raise TrustRefused(
            f"There is no file of revoked keys at {trust.revoked_keys}: whether a key still counts is not known.",
            "Put it there, or take callout_policy.patches.revoked_keys out.",
        )
    if trust.revoked_keys is not None:
        _require_readable(trust.revoked_keys)
    return [_judge_one(container.payload, one, trust, now) for one in container.signatures]


def trust_of(folder: Path, policy: Patches) -> Trust:
    """What the policy of an inventory in `folder` says."""
    allowed = folder / policy.allowed_signers
    beside = allowed.with_name(REVOKED_FILE)
    # A symlink that leads nowhere is a list that is missing, not one that nobody made.
    there = beside.exists() or beside.is_symlink()
    revoked = folder / policy.revoked_keys if policy.revoked_keys else beside if there else None
    return Trust(allowed, revoked, policy.signatures_needed)


def trusted_bundle(path: Path, trust: Trust, now: dt.datetime) -> tuple[Bundle, list[str]]:
    """The bundle at `path` and who signed it; the payload is read only once its signatures hold.

    Raises TrustRefused, also for a bundle that has expired, and BadInput for a file that is no bundle.
    """
    container = read_container(path)
    signers = require_trusted(judge(container, trust, now), str(path), trust.signatures_needed)
    bundle = read_payload(container, str(path))
    require_in_time(bundle.manifest, now, str(path))
    return bundle, signers


_KRL = b"SSHKRL\n\0"
_BAD_LINE = re.compile(r":(\d+): ((?:bad options|missing key|invalid key)[^\n]*)")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/=]{20,64}")


def _judge_one(payload: bytes, signature: bytes, trust: Trust, now: dt.datetime) -> Verdict:
    """Is it a signature of this content at all; by whom; does that key count at `now`?"""
    with tempfile.TemporaryDirectory(prefix="callout-sig-") as folder:
        file = Path(folder) / "1.sig"
        file.write_bytes(signature)
        at = f"-Overify-time={now.astimezone(dt.UTC):%Y%m%d%H%M%SZ}"
        keygen = ["ssh-keygen", "-Y"]
        about = ["-s", str(file), "-f", str(trust.allowed_signers)]
        check = run_program([*keygen, "check-novalidate", "-n", NAMESPACE, "-s", str(file)], stdin=payload)
        if check.rc != 0:
            return Verdict(Answer.TAMPERED, "", "")
        match = _FINGERPRINT.search(check.text)
        fingerprint = match[0] if match else ""
        found = run_program([*keygen, "find-principals", at, *about])
        names = tuple(printable(line) for line in found.text.splitlines()) if found.rc == 0 else ()
        signer = names[0] if names else ""
        if not signer:
            return Verdict(_why_not_found(found.stderr.decode("utf-8", "replace"), trust), "", fingerprint)
        verify = [*keygen, "verify", at, "-n", NAMESPACE, "-I", signer, *about]
        revoked = trust.revoked_keys
        if revoked is not None and run_program([*verify, "-r", str(revoked)], stdin=payload).rc != 0:
            good_otherwise = run_program(verify, stdin=payload).rc == 0
            answer = Answer.REVOKED_KEY if good_otherwise else Answer.UNKNOWN_KEY
            return Verdict(answer, signer, fingerprint, names)
        good = run_program(verify, stdin=payload).rc == 0
        # Found but not accepted: the line allows that key for another namespace only.
        return Verdict(Answer.GOOD if good else Answer.UNKNOWN_KEY, signer, fingerprint, names)


def _why_not_found(said: str, trust: Trust) -> Answer:
    if "key has expired" in said:
        return Answer.EXPIRED
    if "not yet valid" in said:
        return Answer.NOT_YET_VALID
    if bad := _BAD_LINE.search(said):
        # A line that cannot be read may be the very one that allows this key, or forbids it.
        raise TrustRefused(
            f"{trust.allowed_signers}: line {bad[1]} cannot be read: {printable(bad[2])[:120]}.",
            'Mend it; a line is NAME namespaces="callout-bundle" ssh-ed25519 AAAA….',
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
