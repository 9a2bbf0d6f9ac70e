"""What `make test` may try again: few files, never a run that came to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CASE = '<testcase classname="c" name="n" file="{}">{}</testcase>'
FAILED, BROKEN = '<failure message="no"/>', '<error message="no"/>'


def told(report: Path, cases: list[tuple[str, str]]) -> tuple[int, str]:
    inside = "".join(CASE.format(*case) for case in cases)
    report.write_text(f"<testsuites><testsuite>{inside}</testsuite></testsuites>", encoding="utf-8")
    words = [sys.executable, str(ROOT / "tools" / "failed_files.py"), str(report)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ([("a.py", FAILED), ("a.py", ""), ("a.py", FAILED), ("b.py", "")], (0, "a.py")),
        ([("b.py", BROKEN), ("a.py", FAILED)], (0, "a.py b.py")),
        ([(f"{name}.py", FAILED) for name in "abcd"], (1, "a.py b.py c.py d.py")),
        ([("a.py", "")], (1, "")),
        ([("", BROKEN)], (1, "")),
    ],
    ids=["one", "two", "too many", "none", "a worker that died names no file"],
)
def test_files_to_try_again(tmp_path: Path, cases: list[tuple[str, str]], expected: tuple[int, str]) -> None:
    assert told(tmp_path / "report.xml", cases) == expected
