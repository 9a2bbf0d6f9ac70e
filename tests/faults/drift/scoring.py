"""Pure: what was found of each deed, and who was accused wrongly; a row per kind.

A planted deed is found where a finding with one of its marks is unexplained: called unsupported, or unknown where
nobody can tell. It is *missed* where nothing was seen of it, *excused* where it was seen and called explained. A
legitimate deed is accused where a finding with one of its marks is called unsupported and no planted deed touched the
same subject. An accusation that fits no deed at all counts against `nobody`: a trace of a legitimate deed that
no plan could name, such as what a package's scripts leave behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.drift.deeds import Deed, Mark

UNSUPPORTED = "unsupported"
UNKNOWN = "unknown"
# Rows of configuration: people enter them too, by the product's own pages, so that nobody can tell. They must be shown.
SHOWN_IS_ENOUGH = frozenset({"configuration row"})
ENOUGH = frozenset({"customer_configuration", "documented"})


@dataclass(frozen=True)
class Said:
    """One finding: section, subject, its values as a text, provenance, and why, for a report of what went wrong."""

    section: str
    subject: str
    values: str
    provenance: str
    why: str


@dataclass
class Row:
    """One kind's sum. `verdicts` counts deeds by the gravest word said of them; `nothing` where none was said."""

    kind: str
    planted: bool
    deeds: int = 0
    found: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


@dataclass
class Score:
    """The table, and what must be empty: deeds missed, deeds excused, and wrong accusations."""

    rows: dict[str, Row]
    missed: list[Deed]
    excused: list[tuple[Deed, Said]]
    accused: list[tuple[Deed | None, Said]]

    def joined(self, other: Score) -> Score:
        """Two rounds' together."""
        for kind, row in other.rows.items():
            mine = self.rows.setdefault(kind, Row(kind, row.planted))
            mine.deeds, mine.found = mine.deeds + row.deeds, mine.found + row.found
            mine.verdicts += row.verdicts
        self.missed += other.missed
        self.excused += other.excused
        self.accused += other.accused
        return self


GRAVITY = (
    UNSUPPORTED, UNKNOWN, "customer_configuration", "documented", "vendor_upgrade", "package_manager", "ours",
    "product_data", "noise",
)  # fmt: skip


def score(deeds: Sequence[Deed], said: Iterable[Said]) -> Score:
    """One round's score."""
    by_section: dict[str, list[Said]] = {}
    for one in said:
        by_section.setdefault(one.section, []).append(one)
    made = Score({}, [], [], [])
    for deed in deeds:
        mine = _of(deed.marks, by_section)
        row = made.rows.setdefault(deed.kind, Row(deed.kind, deed.planted))
        row.deeds += 1
        gravest = min(mine, key=lambda one: GRAVITY.index(one.provenance), default=None)
        row.verdicts[gravest.provenance if gravest else "nothing"] += 1
        if deed.planted:
            if _is_found(deed, gravest):
                row.found += 1
            elif gravest is None:
                made.missed.append(deed)
            else:
                made.excused.append((deed, gravest))
    made.accused = list(_accusations(deeds, by_section))
    return made


def _is_found(deed: Deed, gravest: Said | None) -> bool:
    if gravest is None:
        return False
    enough = ENOUGH if deed.kind in SHOWN_IS_ENOUGH else frozenset()
    return gravest.provenance in {UNSUPPORTED, UNKNOWN} | enough


def _accusations(deeds: Sequence[Deed], by_section: dict[str, list[Said]]) -> Iterable[tuple[Deed | None, Said]]:
    planted = [mark for deed in deeds if deed.planted for mark in (*deed.marks, *deed.beside)]
    for section, said in by_section.items():
        guilty = [mark for mark in planted if mark.section == section]
        for one in said:
            if one.provenance == UNSUPPORTED and not any(
                mark.fits(section, one.subject, one.values) for mark in guilty
            ):
                victims = (
                    d for d in deeds if not d.planted and any(m.fits(section, one.subject, one.values) for m in d.marks)
                )
                yield next(victims, None), one


def _of(marks: Iterable[Mark], by_section: dict[str, list[Said]]) -> list[Said]:
    return [
        one
        for mark in marks
        for one in by_section.get(mark.section, ())
        if mark.fits(one.section, one.subject, one.values)
    ]


def table(rows: Iterable[Row]) -> str:
    """The rows as text: planted first, then legitimate, by kind."""
    lines = [f"{'kind':28} {'':11} {'deeds':>5} {'found':>5}  verdicts"]
    for row in sorted(rows, key=lambda row: (not row.planted, row.kind)):
        found = str(row.found) if row.planted else "-"
        words = ", ".join(f"{word} {count}" for word, count in row.verdicts.most_common())
        lines.append(f"{row.kind:28} {'planted' if row.planted else 'legitimate':11} {row.deeds:5} {found:>5}  {words}")
    return "\n".join(lines)
