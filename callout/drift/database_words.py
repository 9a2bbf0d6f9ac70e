"""Pure: the inventory's names of tables → a condition in SQL that holds nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callout.errors import BadInput

NAME = re.compile(r"[A-Za-z0-9_*]{1,64}", re.ASCII)


def counted(tables: Sequence[str]) -> str:
    """A condition on TABLE_NAME that the tables hold whose rows are counted; `*` is anything. Raises BadInput."""
    for name in tables:
        if not NAME.fullmatch(name):
            raise BadInput(
                f"callout_system.operation.drift.count_tables: {name!r} is no plain name of a table.",
                "Letters, digits and underscores; * is anything.",
            )
    likes = [name.replace("_", "\\_").replace("*", "%") for name in tables]
    return " OR ".join(f"TABLE_NAME LIKE '{like}'" for like in likes) or "1 = 0"
