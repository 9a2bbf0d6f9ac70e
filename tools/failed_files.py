"""Prints the test files of a report (junit, xunit1) that hold a failure, in one line; exits with 1 for too many.

Usage: failed_files.py REPORT
"""

from __future__ import annotations

import sys
from xml.etree import ElementTree

# More than so many are no race, and running them again would only hide it for a while.
MAXIMUM_FILES = 3


def failed_files(report: str) -> list[str]:
    """The files with a failure or an error, sorted, each once."""
    cases = ElementTree.parse(report).iter("testcase")
    return sorted(
        {case.get("file", "") for case in cases if case.find("failure") is not None or case.find("error") is not None}
    )


def main(report: str) -> int:
    """0 where the files are few enough to be tried again."""
    files = failed_files(report)
    print(*files)
    return 0 if files and all(files) and len(files) <= MAXIMUM_FILES else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
