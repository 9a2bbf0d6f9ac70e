"""The person's terminal: raw while ssh has it, and as it was before on every way out."""

from __future__ import annotations

import fcntl
import struct
import termios
import tty
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

Size = tuple[int, int]


@dataclass
class Terminal:
    """One terminal by its descriptor. `before` is how it was set when this was made."""

    descriptor: int

    def __post_init__(self) -> None:
        self.before: list[Any] = termios.tcgetattr(self.descriptor)
        self.is_raw = False

    @property
    def size(self) -> Size:
        """Columns and rows; (80, 24) where the terminal does not know them."""
        return size_of(self.descriptor)

    def raw(self) -> None:
        """Every key goes through as it is, Ctrl-C too. What was typed before stays to be read."""
        tty.setraw(self.descriptor, termios.TCSANOW)
        self.is_raw = True

    def restore(self) -> None:
        """As it was before; may be called twice. A terminal that is gone needs nothing any more."""
        if self.is_raw:
            with suppress(termios.error):
                termios.tcsetattr(self.descriptor, termios.TCSADRAIN, self.before)
            self.is_raw = False

    def forget_typed(self) -> None:
        """Keys that were typed ahead for the far side are no answers to a question of ours."""
        with suppress(termios.error):
            termios.tcflush(self.descriptor, termios.TCIFLUSH)


def size_of(descriptor: int) -> Size:
    """Columns and rows of a terminal, (80, 24) where it does not know them or is none."""
    try:
        rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(descriptor, termios.TIOCGWINSZ, bytes(8)))
    except OSError:
        return 80, 24
    return (columns, rows) if columns and rows else (80, 24)


def set_size(descriptor: int, size: Size) -> None:
    """Tells a terminal its size; its foreground programs get SIGWINCH if it is another one."""
    columns, rows = size
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
