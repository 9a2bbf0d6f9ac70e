"""Pure: what differs in a database without anybody's having changed it, and what an upgrade, or the product, did."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callout.drift.case import Case
from callout.drift.change import Change, Values, What
from callout.drift.database_dialect import (
    normal_default,
    normal_extra,
    normal_options,
    normal_set,
    normal_sql,
    normal_type,
)
from callout.drift.explanation import Explanation
from callout.drift.look import DATABASE_SECTIONS, Section
from callout.drift.provenance import Provenance

# They count, or say where something lies or when it was last seen; nobody set them.
COUNTING = frozenset(
    {
        "position", "ordinal_position", "auto_increment", "rows_estimate", "data_length", "index_length", "data_free",
        "avg_row_length", "cardinality", "create_time", "update_time", "check_time", "checksum", "created",
        "last_altered", "last_executed",
    }
)  # fmt: skip
_NORMAL: Mapping[str, Callable[[str], object]] = {
    "type": normal_type,
    "default": normal_default,
    "extra": normal_extra,
    "collation": normal_set,
    "options": normal_options,
    "row_format": str.lower,
    "nullable": str.lower,
    "definition": normal_sql,
    "statement": normal_sql,
    "returns": normal_sql,
    "parameters": normal_sql,
    "create": normal_sql,
    "definer": lambda text: text.replace("`", "").replace("'", ""),
    "sql_mode": lambda text: ",".join(sorted(text.lower().split(","))),
}
# What an ALTER TABLE that was cut leaves behind.
_LEFT_BEHIND = ("#sql-", "#sql2-")


def explain_database_noise(change: Change, case: Case) -> Explanation | None:
    """The same said in other words, or counted on; None where it really is another."""
    if change.section not in DATABASE_SECTIONS or change.section is Section.COUNTS:
        return None
    if change.section is Section.TABLES and change.subject.startswith(_LEFT_BEHIND):
        return _noise("left-behind", "It is what the database server itself leaves behind of a change that was cut.")
    if change.what is not What.CHANGED or change.before is None or change.after is None:
        return None
    if change.aspects and set(change.aspects) <= COUNTING:
        told = "Only its place among the others, or what the server counts, differs."
        return _noise("counted", told)
    if _normal(change.before) == _normal(change.after):
        return _noise("dialect", "It is the same, written in another version's words.")
    return None


def _normal(values: Values) -> dict[str, object]:
    return {key: _NORMAL.get(key, str)(value) for key, value in values.items() if key not in COUNTING}


def explain_database_restore(change: Change, case: Case) -> Explanation | None:
    """A dump of ours was loaded: then the counts are the backup's. Its structure is held against nothing here."""
    if change.section is not Section.COUNTS:
        return None
    for one in case.evidence.restores:
        if one.database:
            told = f"The restore {one.event} of {one.callout} loaded the backup's database."
            return Explanation(Provenance.OURS, "restored", (told,))
    return None


def _noise(rule: str, told: str) -> Explanation:
    return Explanation(Provenance.NOISE, rule, (told,))
