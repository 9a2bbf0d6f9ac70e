"""What the board was made from, by its own word: the ledger up to an event, and what else deadlines stand on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Basis:
    """What deadlines were worked out with, besides events.

    `files` are the inventory's as they were, empty where that says nothing; `policy` is canonical JSON of the hours and
    of when is warned; `zones` stands for the time zones' and the holidays' data, `code` for the rules' own files;
    `year` is the one from whose point of view calendars were loaded. `customers` are their time zones, by id: only
    shown.
    """

    files: str
    policy: str
    zones: str
    code: str
    year: int
    customers: Mapping[str, str]

    def gives_the_same_as(self, other: Basis) -> bool:
        """Whether the same events have the same deadlines."""
        return self._moving() == other._moving()

    def _moving(self) -> tuple[str, str, str, int]:
        return self.policy, self.zones, self.code, self.year


@dataclass(frozen=True, slots=True)
class Known:
    """What the board knows: the newest event that it has read (0 for none) with its hash, and its basis.

    `percents` are those at which is warned; `cases` and `clocks` how many rows there are.
    """

    seq: int
    hash: str
    basis: Basis
    percents: tuple[int, ...]
    cases: int = 0
    clocks: int = 0
    schema: int = SCHEMA


def written_known(known: Known) -> str:
    """As JSON."""
    return json.dumps(asdict(known), sort_keys=True)


def read_known(told: str) -> Known:
    """What `written_known` wrote. Raises ValueError, TypeError or KeyError for anything else, also another schema."""
    said = json.loads(told)
    known = Known(**{**said, "basis": Basis(**said["basis"]), "percents": tuple(said["percents"])})
    counts = (known.seq, known.basis.year, known.cases, known.clocks, *known.percents)
    if known.schema != SCHEMA or not all(isinstance(one, int) for one in counts):
        raise ValueError("another schema")
    return known
