"""Written at once, passed on behind: in order, bounded, and with what the reader's end comes to."""

from __future__ import annotations

import os
import random
import threading
import time

import pytest

from callout.backups.write_behind import PIECE_BYTES, WriteBehind


def test_everything_arrives_in_order_however_it_was_cut() -> None:
    chance, sent = random.Random(7), bytearray()
    reader, writer = os.pipe()
    got: list[bytes] = []

    def read() -> None:
        with os.fdopen(reader, "rb") as stream:
            got.append(stream.read())

    reading = threading.Thread(target=read)
    reading.start()
    behind = WriteBehind(os.fdopen(writer, "wb"), most_bytes=PIECE_BYTES)
    for _ in range(2000):
        piece = bytearray(chance.randbytes(chance.choice([0, 1, 512, 70_000])))
        assert behind.write(memoryview(piece)) == len(piece)
        sent += piece
        # What was written may be used for something else at once.
        piece[:] = bytes(len(piece))
    behind.close()
    reading.join()
    assert got == [bytes(sent)]


def test_it_takes_no_more_than_it_may() -> None:
    reader, writer = os.pipe()
    behind = WriteBehind(os.fdopen(writer, "wb"), most_bytes=4 * PIECE_BYTES)
    written = 0

    def write_for_ever() -> None:
        nonlocal written
        while True:
            written += behind.write(bytes(PIECE_BYTES))

    def write() -> None:
        with pytest.raises(BrokenPipeError):
            write_for_ever()

    writing = threading.Thread(target=write)
    writing.start()
    held = -1
    while written > held:
        held = written
        time.sleep(0.5)
    # One is with the thread that writes, one is being gathered, one went into the pipe at most in part.
    assert 4 * PIECE_BYTES <= held <= 8 * PIECE_BYTES
    os.close(reader)
    writing.join()
    with pytest.raises(BrokenPipeError):
        behind.close()


def test_it_can_be_given_up_once_the_reader_is_gone() -> None:
    reader, writer = os.pipe()
    behind = WriteBehind(os.fdopen(writer, "wb"))
    behind.write(bytes(20 * PIECE_BYTES))
    os.close(reader)
    behind.give_up()
    assert "write-behind" not in [thread.name for thread in threading.enumerate()]
