"""Signatures of bundles, in the namespace `callout-bundle`, and the bundles that they let in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from callout.inventory.policy import Patches
from callout.patches.bundle import Bundle, Container, read_container, read_payload
from callout.patches.trust import Trust, require_in_time, require_trusted
from callout.signatures import keygen
from callout.signatures.verdict import Answer, Verdict

__all__ = ["NAMESPACE", "Answer", "judge", "sign", "trust_of", "trusted_bundle"]

NAMESPACE = "callout-bundle"
REVOKED_FILE = "revoked_keys"


def sign(payload: bytes, key: Path) -> bytes:
    """A detached signature by `key` (a private key, or a public one whose private half is in the agent).

    Raises BadInput where ssh-keygen cannot sign with it.
    """
    return keygen.sign(payload, key, NAMESPACE)


def judge(container: Container, trust: Trust, now: dt.datetime) -> list[Verdict]:
    """One verdict per signature, in order. Validity is judged at `now` (aware).

    Raises TrustRefused where the file of allowed signers is missing, or a file of revoked keys that is named.
    """
    return keygen.judge_signatures(
        container.payload,
        container.signatures,
        namespace=NAMESPACE,
        allowed_signers=trust.allowed_signers,
        revoked_keys=trust.revoked_keys,
        at=now,
    )


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
