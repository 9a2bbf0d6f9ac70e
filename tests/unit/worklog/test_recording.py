"""Recordings: whole lines, private, bounded, without our secrets; characters cut between two reads are whole."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
from pathlib import Path

import pytest

from callout.errors import CalloutError
from callout.worklog.asciicast import Header
from callout.worklog.recording import Recorded, Recording, recording_name

SECRET = "hunter22"


def begun(folder: Path, maximum: int = 1_000_000) -> Recording:
    return Recording(folder / "recordings" / "x.cast", Header(80, 24, 1), [SECRET], maximum)


def lines(folder: Path) -> list[list[object]]:
    return [json.loads(line) for line in (folder / "recordings" / "x.cast").read_bytes().splitlines()[1:]]


def text(folder: Path) -> str:
    return "".join(str(line[2]) for line in lines(folder) if line[1] == "o")


def test_it_is_private_and_its_hash_is_the_file_s(tmp_path: Path) -> None:
    recording = begun(tmp_path)
    recording.output(b"hello\r\n", 0.5)
    recording.resized(132, 50, 1.0)
    kept = recording.close(2.0)
    path = tmp_path / "recordings" / "x.cast"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert kept == Recorded("x.cast", hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
    assert lines(tmp_path) == [[0.5, "o", "hello\r\n"], [1.0, "r", "132x50"]]


def test_cut_characters_are_whole_and_invalid_bytes_are_replaced(tmp_path: Path) -> None:
    recording = begun(tmp_path)
    said = "ä€😀".encode() + b"\xff\xc3" + "漢".encode() + b"\xe6"
    for place, byte in enumerate(said):
        recording.output(bytes([byte]), place / 10)
    recording.close(9)
    assert text(tmp_path) == "ä€😀\ufffd\ufffd漢\ufffd"


def test_a_secret_is_masked_across_reads_and_at_the_end(tmp_path: Path) -> None:
    recording = begun(tmp_path)
    for place, character in enumerate(f"mysql -p{SECRET} and {SECRET[:5]}"):
        recording.output(character.encode(), place / 10)
    recording.close(9)
    assert text(tmp_path) == "mysql -p[our secret] and [our secret]"
    assert b"hunte" not in (tmp_path / "recordings" / "x.cast").read_bytes()


def test_a_flood_ends_the_recording_with_a_note_and_the_rest_is_counted(tmp_path: Path) -> None:
    recording = begun(tmp_path, maximum=100_000)
    for place in range(100):
        recording.output(b"x" * 5_000, place / 10)
    kept = recording.close(11)
    assert kept.size_bytes <= 100_000
    assert kept.trouble == "its limit of 100000 bytes is reached"
    assert text(tmp_path).count("x") + kept.left_out_bytes == 500_000
    assert "[callout: the recording ends here, its limit of 100000 bytes is reached; the session went on]" in text(
        tmp_path
    )


def test_a_disk_that_is_full_leaves_whole_lines(tmp_path: Path) -> None:
    """A real limit on the size of files: the write before it comes short, the next one fails."""
    recording = begun(tmp_path)
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
        for place in range(30):
            recording.output(b"y" * 700, place / 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    kept = recording.close(4)
    assert kept.trouble == "it cannot be written: File too large"
    assert len(lines(tmp_path)) >= 10
    assert text(tmp_path).count("y") + kept.left_out_bytes == 30 * 700
    assert kept.sha256 == hashlib.sha256((tmp_path / "recordings" / "x.cast").read_bytes()).hexdigest()


def test_a_recording_that_cannot_begin_says_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("in the way")
    with pytest.raises(CalloutError, match=r"x\.cast cannot be written") as caught:
        begun(tmp_path)
    assert "--no-recording REASON" in caught.value.hint


def test_what_was_never_said_leaves_no_file(tmp_path: Path) -> None:
    begun(tmp_path).drop()
    assert os.listdir(tmp_path / "recordings") == []  # noqa: PTH208


def test_a_name_holds_no_path() -> None:
    assert recording_name("20260301T090000Z", "../e/vil\n", "ab12") == "20260301T090000Z-.._e_vil_-ab12.cast"
