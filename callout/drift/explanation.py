"""What a rule says of a change: where it came from, and on what that stands."""

from __future__ import annotations

from dataclasses import dataclass

from callout.drift.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule's word. `evidence` are whole sentences, at least one; `link` is the published page, empty for none."""

    provenance: Provenance
    rule: str
    evidence: tuple[str, ...]
    link: str = ""
