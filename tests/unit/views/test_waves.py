"""The table at the end of a run over many systems: golden, and nothing in it moves the cursor."""

from __future__ import annotations

from collections.abc import Callable

from callout.views.waves import WaveRow, waves_text


def rows() -> list[WaveRow]:
    return [
        WaveRow("acme-pbx1", 1, "CO-0001", "patched", 412),
        WaveRow(
            "globex-sw1", 2, "CO-0002", "rolled back", None, "patch : Apply the bundle",
            "globex-sw1: PW-2041 was rolled back, all files are as before: Asterisk does not answer.",
            "callout show CO-0002 tells the whole story.",
        ),
        WaveRow("hooli-pbx1", 2, "CO-0003", "was in already"),
        WaveRow("hooli-pbx2", 2, "CO-0000", "done before"),
        WaveRow("hooli-pbx3", 2, "", "failed", None, "", "No system of that name."),
    ]  # fmt: skip


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("waves/stopped.txt", waves_text(rows(), ["initech-pbx1", "initech-pbx2"]) + "\n")
    golden("waves/well.txt", waves_text([rows()[0], rows()[2]], []) + "\n")


def test_nothing_of_a_system_moves_the_cursor() -> None:
    evil = "\x1b[2J\u202ex\r\ny"
    told = waves_text([WaveRow(evil, 1, evil, evil, None, evil, evil, evil)], [evil])
    assert all(character.isprintable() or character == "\n" for character in told)
    assert len(told.splitlines()) == 7
