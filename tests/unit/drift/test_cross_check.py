"""What is looked at a second time, and what a replaced tool gives itself away by."""

from __future__ import annotations

import hashlib
import re

import pytest

from callout.drift.cross_check import chosen, disagreements, told_otherwise
from callout.drift.frames import Answer, Second

TOLD = b"f 5 755 0 0 100.5 200.25 7 8 1 "
FOLDER = b"d 4096 755 0 0 100.5 200.25 7 8 2 "
NO_SECRETS = re.compile(rb"(?!)")


@pytest.mark.parametrize(
    ("stat", "lies"),
    [
        (b"5 100 200", False),
        (b"6 100 200", True),
        (b"5 101 250", True),
        # It changed after the list was begun: nobody lied.
        (b"6 400 400", False),
        (b"", False),
        (b"5 100 soon", False),
    ],
)
def test_a_find_that_tells_what_was_true_before(stat: bytes, lies: bool) -> None:
    assert told_otherwise(TOLD, stat, began_s=300) is lies


def test_a_telling_folder_is_looked_into_though_nothing_is_listed_in_it() -> None:
    paths = [b"/usr/local", b"/usr/local/bin"]
    items = chosen(paths, [FOLDER, FOLDER], [], [], NO_SECRETS, seed=1)
    assert b"/usr/local/bin" in items.folders


def test_a_program_is_held_against_its_bytes_and_against_a_second_sum() -> None:
    body, sum_ = b"fine\n", hashlib.sha256(b"fine\n").hexdigest().encode()
    fine = Second(body=body, sum=sum_, there=True, stat=b"5 100 200")
    assert not _said(fine, sum_)
    # Whoever sends the old bytes has to stand in the second hasher's way as well.
    evil = Second(body=body, sum=b"0" * 64, there=True, stat=b"5 100 200")
    assert _said(evil, sum_) == ["/bin/x has another SHA-256 by a second program than by sha256sum."]


def _said(second: Second, sum_: bytes) -> list[str]:
    answer = Answer(programs={"x": b"/bin/x"}, seconds={b"/bin/x": second})
    return list(disagreements(answer, [b"/bin/x"], [TOLD], {b"/bin/x": sum_}, began_s=300))
