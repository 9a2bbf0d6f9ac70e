"""Turns pytest reports into the page that docs/results/ keeps. Usage: tools/results.py TITLE REPORT.xml …

Prints Markdown: date, commit and machine, then one row per test file with when it was run, how many cases ran, failed
and were skipped, and how long they took; then what cases measured (pytest's record_property), a table per kind of
case. Suites that take long may come in reports of their own. Exits 1 where a case failed or a report has none.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
APART = (
    "Each suite was run at its own time, some beside others, on the commit of that time; this page joins their "
    "reports. A case that was mended and run again stands with its last run.\n\n"
)


@dataclass
class Row:
    """One test file's sum. `began` is UTC, like `2026-11-23 11:17`; `seconds` is the wall-clock time of its cases."""

    began: str = ""
    ran: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def with_more(self, row: Row) -> Row:
        """The same suite's, of two reports."""
        return Row(
            min(self.began, row.began),
            self.ran + row.ran,
            self.failed + row.failed,
            self.skipped + row.skipped,
            self.seconds + row.seconds,
        )


def head(title: str, now: dt.datetime) -> str:
    """Title, and what is needed to compare the numbers with others: when, which commit, which machine."""
    commit = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    changed = " with changes that are not committed" if _git("status", "--porcelain") else ""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"# {title}\n\n{now:%Y-%m-%d %H:%M %Z} · commit {commit}{changed} · {machine}\n"


def rows(report: Path) -> dict[str, Row]:
    """The sums by test file, from a JUnit report of pytest."""
    found: dict[str, Row] = {}
    suite = ElementTree.parse(report).find(".//testsuite")
    began = dt.datetime.fromisoformat(suite.get("timestamp", "")).astimezone(dt.UTC) if suite is not None else None
    for case in suite.iter("testcase") if suite is not None else ():
        row = found.setdefault(case.get("classname", "").removeprefix("tests."), Row(f"{began:%Y-%m-%d %H:%M}"))
        kinds = {child.tag for child in case}
        row.skipped += "skipped" in kinds
        row.ran += "skipped" not in kinds
        row.failed += bool(kinds & {"failure", "error"})
        row.seconds += float(case.get("time", "0"))
    return found


def table(found: dict[str, Row]) -> str:
    """The rows, and their sum, as Markdown."""
    lines = ["| Suite | Began (UTC) | Cases | Failed | Skipped | Seconds |", "|---|---|--:|--:|--:|--:|"]
    whole = Row()
    for name, row in sorted(found.items()):
        lines.append(f"| {name} | {row.began} | {row.ran} | {row.failed} | {row.skipped} | {row.seconds:.1f} |")
        whole.ran, whole.failed = whole.ran + row.ran, whole.failed + row.failed
        whole.skipped, whole.seconds = whole.skipped + row.skipped, whole.seconds + row.seconds
    lines.append(f"| **all** | | {whole.ran} | {whole.failed} | {whole.skipped} | {whole.seconds:.1f} |")
    return "\n".join(lines) + "\n"


def measured(report: Path) -> str:
    """A table for every test that recorded something: a row per case, a column per property, and whether it held."""
    tests: dict[str, list[tuple[str, dict[str, str], bool]]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        properties = {one.get("name", ""): one.get("value", "") for one in case.iter("property")}
        if not properties:
            continue
        test, _, parameter = case.get("name", "").partition("[")
        held = not any(child.tag in ("failure", "error") for child in case)
        tests.setdefault(test.removeprefix("test_"), []).append((parameter.removesuffix("]"), properties, held))
    return "".join(map(_one_measured, tests, tests.values()))


def _one_measured(test: str, cases: list[tuple[str, dict[str, str], bool]]) -> str:
    columns = list(dict.fromkeys(name for _, properties, _ in cases for name in properties))
    first = ["case"] if any(parameter for parameter, _, _ in cases) else []
    lines = [f"\n## {test.replace('_', ' ').capitalize()}\n", _row([*first, *columns, "holds"])]
    lines.append("|" + "---|" * (len(first) + len(columns) + 1))
    for parameter, properties, held in cases:
        values = [properties.get(name, "") for name in columns]
        lines.append(_row([*([parameter] if first else []), *values, "yes" if held else "**no**"]))
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def main(arguments: list[str]) -> int:
    """Prints the page; gives back the exit status."""
    title, *paths = arguments or [""]
    reports = [Path(path) for path in paths]
    if not reports or not all(report.is_file() for report in reports):
        print("usage: tools/results.py TITLE REPORT.xml …", file=sys.stderr)
        return 2
    each = [rows(report) for report in reports]
    found: dict[str, Row] = {}
    for name, row in (pair for one in each for pair in one.items()):
        found[name] = found[name].with_more(row) if name in found else row
    print(head(title.capitalize(), dt.datetime.now(dt.UTC)))
    print(f"{APART if len(each) > 1 else ''}{table(found)}", end="")
    print("".join(map(measured, reports)), end="")
    idle = any(not any(row.ran for row in one.values()) for one in each)
    return 1 if idle or any(row.failed for row in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
