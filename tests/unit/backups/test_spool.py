"""Room on our own disk: what a full or a broken one is told as."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from callout.backups.spool import private_spool
from callout.errors import BackupFailed


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EIO, "the disk can neither be read nor written"),
    ],
)
def test_a_disk_that_does_not_take_it_is_told_in_a_sentence(tmp_path: Path, number: int, words: str) -> None:
    with pytest.raises(BackupFailed, match=words) as told, private_spool(tmp_path / "spool"):
        raise OSError(number, os.strerror(number))
    assert told.value.message.startswith(str(tmp_path / "spool"))
    assert "run again" in told.value.hint
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_is_no_fault_of_the_disk_is_not_taken_for_one(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), private_spool(tmp_path / "spool"):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
