"""Exit codes: the errors, the help of both commands and the page say the same."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

from callout import errors

# The design's table; whoever scripts around us relies on it.
AGREED = {0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 130}
OF_ACCESS_CHECK = {0, 1, 2, 3, 4, 130}


def _help(root: Path, program: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / program, "--help"], cwd=root, check=True, capture_output=True, text=True
    )
    return " ".join(done.stdout.split())


def _statuses(said: str) -> set[int]:
    """The numbers behind `Exit status:`, up to the next full stop."""
    found = re.search(r"Exit status: ([^.]*)\.", said)
    assert found, said
    return {int(number) for number in re.findall(r"\b\d+\b", found[1])}


def test_every_error_ends_with_an_agreed_status():
    statuses = {
        name: one.exit_status
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, errors.CalloutError)
    }
    assert set(statuses.values()) <= AGREED, statuses


def test_the_help_of_both_commands_shows_them(root):
    assert _statuses(_help(root, "callout")) == AGREED
    assert _statuses(_help(root, "access-check")) == OF_ACCESS_CHECK


def test_the_page_shows_the_same_table(root):
    page = (root / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
    assert {int(number) for number in re.findall(r"^\| (\d+) \|", page, re.M)} == AGREED


def test_the_kinds_of_event_are_all_described(root):
    from callout.ledger.event import KINDS

    page = (root / "docs/reference/events.md").read_text(encoding="utf-8")
    kinds = page.partition("## Kinds")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", kinds, re.M)) == KINDS
