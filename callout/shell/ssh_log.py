"""Pure: what ssh's own log says of a conversation: was it let in, and did the far side say how it ended?"""

from __future__ import annotations

from enum import StrEnum

# What is kept of the log, for the sentence on a failure.
KEPT_BYTES = 16 * 1024
LONGEST_LINE_BYTES = 4096
_FOR_US_ALONE = ("debug", "OpenSSH_", "Authenticated to ", "Transferred: ", "Bytes per second: ")


class End(StrEnum):
    """How a conversation ended; all but `not_reached` say that the login was accepted.

    `exited`: the far side gave its exit status. `lost`: it never did: the line was cut, or ended by `~.`. `hung_up`:
    our terminal is gone. `stopped`: somebody ended us, by Ctrl-C without a terminal, or by a signal.
    """

    EXITED = "exited"
    LOST = "lost"
    HUNG_UP = "hung_up"
    STOPPED = "stopped"
    NOT_REACHED = "not_reached"


class SshLog:
    """Takes the log of `ssh -E` as it comes, in pieces of any size.

    What ssh would have told a person by itself is given back at once; what it tells at DEBUG1 is for us alone.
    """

    def __init__(self) -> None:
        self.let_in = False
        self.said_how_it_ended = False
        self.kept = b""
        self._line = b""

    def lines(self, piece: bytes) -> list[str]:
        """The lines for a person that are whole now, as they stand: escaped is whoever shows them."""
        *whole, self._line = (self._line + piece).split(b"\n")
        self._line = self._line[-LONGEST_LINE_BYTES:]
        return [line for line in map(self._line_read, whole) if line]

    def _line_read(self, raw: bytes) -> str:
        line = raw.decode("utf-8", "replace").strip()
        self.let_in |= line.startswith("Authenticated to ")
        self.said_how_it_ended |= line.startswith("debug1: client_input_channel_req: channel ") and (
            " rtype exit-status " in line or " rtype exit-signal " in line
        )
        if not line or line.startswith(_FOR_US_ALONE):
            return ""
        self.kept = (self.kept + raw.strip() + b"\n")[-KEPT_BYTES:]
        return line

    def end(self, rc: int) -> End:
        """How it ended, by the exit status of ssh (negative for a signal) and what it has logged."""
        if self.said_how_it_ended:
            return End.EXITED
        if self.let_in:
            # Without a command (-N) nobody ever says how it ended, and ssh ends well.
            return End.EXITED if 0 <= rc < 255 else End.LOST
        # A `-q` in the inventory's arguments keeps the log empty: any status but ssh's own comes from over there.
        return End.EXITED if 0 <= rc < 255 else End.NOT_REACHED
