"""What a person is asked when a session is over: whether idle time counts, and what was done."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from callout.cli.shared import tell
from callout.programs import printable
from callout.shell.terminal import Terminal
from callout.views.numbers import clock_time
from callout.worklog.recorded_work import Measured, Said

LONGEST_ANSWER_BYTES = 4096


class _NoAnswer(Exception):
    """Whoever was asked has gone, or wants to answer nothing."""


def questions_at_the_end(*, asks_for_note: bool) -> Callable[[Measured], Said]:
    """Asks on the terminal, each question once. No answer, an end of input or an interrupt leaves all of it open."""

    def ask(measured: Measured) -> Said:
        if not (os.isatty(0) and os.isatty(2)):
            return Said()
        Terminal(0).forget_typed()
        counts, note = None, ""
        try:
            with _interruptible():
                if measured.idle.seconds:
                    counts = _counts(measured)
                if asks_for_note:
                    note = _answer("What was done (the customer reads it on the bill): ")
        except _NoAnswer:
            tell("No answer: the work is logged without it.")
        return Said(note, counts)

    return ask


def _counts(measured: Measured) -> bool | None:
    stretches = len(measured.idle.stretches) + measured.idle.more
    times = "once" if stretches == 1 else f"{stretches} times"
    told = f"{clock_time(measured.idle.seconds)} of {clock_time(measured.seconds)}"
    tell(f"Idle, {times}: nothing was typed for {told}. It is logged and flagged in any case.")
    answer = _answer("Does it count as work? [y/n] ").lower()
    return {"y": True, "yes": True, "n": False, "no": False}.get(answer)


def _answer(question: str) -> str:
    """One line without control characters."""
    print(question, end="", file=sys.stderr, flush=True)
    try:
        line = os.read(0, LONGEST_ANSWER_BYTES)
    except OSError:
        line = b""
    if not line:
        raise _NoAnswer
    return printable(line.decode("utf-8", "replace"))


@contextmanager
def _interruptible() -> Iterator[None]:
    """A terminal that is closed, or an interrupt, is no answer: what was measured is logged all the same."""

    def gone(*_: object) -> None:
        raise _NoAnswer

    numbers = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
    before = {number: signal.signal(number, gone) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
