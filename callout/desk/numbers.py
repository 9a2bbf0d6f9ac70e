"""Numbers of cases as people write them. Pure."""

from __future__ import annotations

import re

from callout.errors import BadInput

_WRITTEN = re.compile(r"(?:cs-)?0*([1-9][0-9]{0,5})", re.IGNORECASE)


def case_number_of(written: str) -> str:
    """`CS-000001` for `CS-000001`, `cs-1` and `1`. Raises BadInput for anything else."""
    number = _WRITTEN.fullmatch(written.strip())
    if number is None:
        raise BadInput(f"{written[:40]!r} is no number of a case.", "Write it like CS-000001 or CS-1.")
    return f"CS-{int(number[1]):06d}"


def is_case_number(written: str) -> bool:
    """Whether it is one with all its digits, as the ledger has it: what a ticket may be besides."""
    return re.fullmatch(r"CS-[0-9]{6}", written) is not None
