"""health_look.sh under the shells of customers' systems, and what is made of its answer."""

from __future__ import annotations

from typing import Any

import pytest

from callout.health.observation import CallCount
from callout.health.script_answer import read_answer
from callout.shell import script

SHELLS = pytest.mark.parametrize("shell", ["dash", "busybox sh"])


@SHELLS
def test_well_asterisk(here: Any, asterisk: Any, shell: str) -> None:
    """Version, count, room and load come from one script."""
    asterisk.says(count="4 active channels\\n2 active calls\\n99 calls processed\\n")
    seen = read_answer(here(shell).run(script("health_look"), asterisk.command).text)
    assert seen.command == asterisk.command
    assert seen.version == "Asterisk 16.28.0 built by x"
    assert seen.calls == CallCount(4, 2, 99)
    assert seen.disk is not None
    assert seen.disk.free_kib > 0
    assert len(seen.load.split()) == 3


@SHELLS
def test_commands_are_tried_in_order(here: Any, asterisk: Any, shell: str) -> None:
    """A wrapper that is not there, a chroot without the program, then the one that answers."""
    candidates = ["/opt/nowhere/asterisk", "sh /nonexistent/chroot-asterisk", asterisk.command]
    seen = read_answer(here(shell).run(script("health_look"), *candidates).text)
    assert seen.command == asterisk.command
    assert seen.missing == ("/opt/nowhere/asterisk",)
    assert "chroot-asterisk" in seen.complaints[0]


@SHELLS
def test_stopped_asterisk(here: Any, asterisk: Any, shell: str) -> None:
    """The program is there, the service is not: its complaint is kept, no count is made up."""
    asterisk.says(version="Unable to connect to remote asterisk", count="", status=1)
    seen = read_answer(here(shell).run(script("health_look"), asterisk.command).text)
    assert (seen.command, seen.calls) == ("", None)
    assert "Unable to connect" in seen.complaints[0]


@SHELLS
def test_silent_count_is_unknown(here: Any, asterisk: Any, shell: str) -> None:
    """A version and no count: running, and nobody knows how many calls."""
    asterisk.says(count="")
    seen = read_answer(here(shell).run(script("health_look"), asterisk.command).text)
    assert seen.version
    assert seen.calls is None


@SHELLS
def test_nothing_is_globbed_or_run(here: Any, shell: str) -> None:
    """A command's words are words: no pattern, no substitution."""
    seen = read_answer(here(shell).run(script("health_look"), "echo * $(id) ;").text)
    assert seen.version.startswith("* $(id) ;")


def test_what_asterisk_says_cannot_forge_an_answer() -> None:
    """Its lines stand behind a word of ours; control characters are gone, lengths bounded."""
    seen = read_answer("asterisk a\nversion \x1b[31mdisk 1 1 1" + "x" * 999 + "\ncalls disk 100 1 99\n")
    assert seen.disk is None
    assert "\x1b" not in seen.version
    assert len(seen.version) <= 200


@pytest.mark.parametrize("text", ["", "disk\n", "disk a b c\n", "disk 0 0 0\n", "disk 10 1 99\n", "disk 1 1\n"])
def test_room_that_is_not_understood_is_not_there(text: str) -> None:
    """No room is made up."""
    assert read_answer(text).disk is None
