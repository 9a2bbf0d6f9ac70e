"""Pure: may a bundle be believed? By what its signatures came to, how many people they are, and its own time."""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callout.errors import TrustRefused
from callout.patches.manifest import Manifest
from callout.signatures.verdict import Answer, Verdict, require_good

__all__ = ["Answer", "Trust", "Verdict", "people", "require_in_time", "require_trusted"]


@dataclass(frozen=True, slots=True)
class Trust:
    """By what a bundle is judged: ssh-keygen's file of allowed signers, a file of revoked keys (public keys or a KRL;
    None: none), and how many different people must have signed."""

    allowed_signers: Path
    revoked_keys: Path | None = None
    signatures_needed: int = 1


def require_trusted(verdicts: Sequence[Verdict], what: str, needed: int = 1) -> list[str]:
    """The signers, sorted. Raises TrustRefused unless all signatures are good, and `needed` people made them."""
    if not verdicts:
        raise TrustRefused(f"{what} is not signed.", f"Sign it: callout patch sign {what} --key KEY.")
    require_good(verdicts, what)
    if (signed := people(verdicts)) < needed:
        raise TrustRefused(
            f"{what}: too few signatures: {signed} of {needed} people signed it.",
            f"Have it signed by {needed - signed} more: callout patch sign {what} --key KEY.",
        )
    return sorted({verdict.signer for verdict in verdicts})


def require_in_time(manifest: Manifest, now: dt.datetime, what: str) -> None:
    """Raises TrustRefused from the bundle's `expires` on; `now` is aware."""
    if manifest.expires_at is not None and now >= manifest.expires_at:
        raise TrustRefused(
            f"{what}: expired: {manifest.id} was to be applied before {manifest.expires}.",
            "Ask its author whether it still holds, and for a bundle with a later time and a higher sequence.",
        )


def people(verdicts: Sequence[Verdict]) -> int:
    """How many different people the signatures are from, counted so that nobody counts twice.

    One person are: the same key; lines that share a principal, in whatever case (`anna,boris` is both at once); a
    pattern (`*@vendor.example`) and everybody whom it matches; all patterns together.
    """
    groups: list[list[Verdict]] = []
    for verdict in verdicts:
        same = [group for group in groups if any(_one_person(verdict, other) for other in group)]
        groups = [group for group in groups if group not in same]
        groups.append([verdict, *(other for group in same for other in group)])
    return len(groups)


def _one_person(one: Verdict, other: Verdict) -> bool:
    if one.fingerprint == other.fingerprint:
        return True
    first, second = _names(one), _names(other)
    if any(map(_is_pattern, first)) and any(map(_is_pattern, second)):
        return True
    return any(fnmatch.fnmatchcase(a, b) or fnmatch.fnmatchcase(b, a) for a in first for b in second)


def _names(verdict: Verdict) -> list[str]:
    return [name.removeprefix("!").casefold() for name in (verdict.signer, *verdict.names)]


def _is_pattern(name: str) -> bool:
    return any(one in name for one in "*?[")
