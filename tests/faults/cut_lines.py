"""Sessions whose line is cut after so many bytes, in the three ways in which a line fails; and one that dies itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from callout.errors import Unreachable
from callout.programs import Completed, kill_group
from tests.unit.local_shell import LocalShellSession, LocalStream

# More than any system here sends.
NEVER = 1 << 60


@dataclass
class CutStream(LocalStream):
    """Ends as ssh ends it: at once with 255 (reset), by our own deadline (silence), or at the end of what came."""

    way: str = "reset"
    broken: bool = False

    def chunks(self) -> Iterator[bytes]:
        assert isinstance(self.session, CuttingSession)
        try:
            for piece in super().chunks():
                self.session.cut_after_bytes -= len(piece)
                yield piece
        except Unreachable:
            self.broken = True
            if self.way == "silence":
                raise Unreachable(f"{self.session.name}: the stream did not end in time.", "Check the line.") from None

    def finish(self) -> Completed:
        if self.broken:
            # Whether reset or half closed, ssh has no exit status of the script to give, and ends with 255.
            raise Unreachable(f"{self.session.name}: the connection failed.", "Run access-check on it.")
        return super().finish()


@dataclass
class CuttingSession(LocalShellSession):
    """Of all streams together `cut_after_bytes` come, counted down as they do; then the line is cut in that `way`."""

    cut_after_bytes: int = NEVER
    way: str = "reset"

    @property
    def sent(self) -> int:
        """How many bytes have come of a session that is never cut."""
        return NEVER - self.cut_after_bytes

    @contextmanager
    def stream(self, script: str, *arguments: str, **options: Any) -> Iterator[LocalStream]:
        with super().stream(script, *arguments, **options) as plain:
            yield CutStream(self, plain.process, plain.ends_at, self.way)


@dataclass
class DyingSession(LocalShellSession):
    """Kills the process that it is in, in the middle of the stream of files."""

    dies_after_bytes: int = 0

    @contextmanager
    def stream(self, script: str, *arguments: str, **options: Any) -> Iterator[LocalStream]:
        with super().stream(script, *arguments, **options) as plain:
            yield DyingStream(self, plain.process, plain.ends_at, self.dies_after_bytes if "tar" in script else NEVER)


@dataclass
class DyingStream(LocalStream):
    """See DyingSession."""

    left: int = 0

    def chunks(self) -> Iterator[bytes]:
        for piece in super().chunks():
            yield piece[: max(0, self.left)]
            self.left -= len(piece)
            if self.left <= 0:
                kill_group(self.process)
                os.kill(os.getpid(), signal.SIGKILL)
