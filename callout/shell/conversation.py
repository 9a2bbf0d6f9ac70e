"""A person's ssh through the toolkit: on a terminal as ssh itself would be, or between pipes; an observer watches."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from access_check.probes.known_hosts import known_keys
from access_check.targets import Target
from access_check.trust import DEFAULT_SSH_PORT
from callout.errors import BadInput
from callout.programs import Completed
from callout.shell.askpass import password_once
from callout.shell.failure import ssh_failure
from callout.shell.on_pipes import talk_on_pipes
from callout.shell.on_terminal import talk_on_terminal
from callout.shell.options import account_asked_for, conversation_arguments, stands_by_authority
from callout.shell.ssh_log import End
from callout.shell.talk import Doors, Observer, Talk
from callout.shell.terminal import Terminal

__all__ = ["Conversation", "Doors", "Observer", "Outcome", "Wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person wants of ssh. `command` are words that the far shell joins, empty for a shell.

    `terminal` asks for one over there also with a command; `forwards` are ssh's own words (`-L`, `8080:localhost:80`);
    without `far_side` only they are wanted (ssh's `-N`).
    """

    command: tuple[str, ...] = ()
    terminal: bool = False
    forwards: tuple[str, ...] = ()
    far_side: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended, and the exit status to give back: the far side's own, 255 for a line that was cut.

    A signal that ended us gives 128 and its number, as shells say it.
    """

    end: End
    status: int


@dataclass
class Conversation:
    """One ssh, from its login to its end. `on_terminal` says whether keys go through us, one by one."""

    target: Target
    wanted: Wanted
    doors: Doors
    say: Callable[[str], None]

    @property
    def on_terminal(self) -> bool:
        """As ssh decides it: a terminal there if there is one here, and a shell or `-t`."""
        asked = self.wanted.terminal or not self.wanted.command
        return self.doors.person and self.wanted.far_side and asked

    def hold(self, observer: Observer) -> Outcome:
        """Talks until one side ends it. `say` is told what ssh says of itself, a sentence at a time.

        Raises TrustRefused for a host key, Unreachable where there is no way in, BadInput without an address.
        """
        if not self.target.address:
            raise BadInput(f"{self.target.name} has no address on file.", "Set ansible_host in the inventory.")
        password = self.target.password.get_secret_value() if self.target.password else None
        by_authority = self._by_authority()
        with ExitStack() as stack:
            reader, log = stack.enter_context(_door_for_the_log())
            words = conversation_arguments(
                self.target,
                self._words(),
                log=log,
                # A person may be asked for the passphrase of a key; a program never.
                batch=password is None and not self.doors.person,
                by_authority=by_authority,
            )
            account = account_asked_for(self.target, by_authority=by_authority)
            environment = stack.enter_context(password_once(password, account))
            talk = Talk([*words, *self.wanted.command], environment, reader, self.doors, observer, self.say)
            rc = talk_on_terminal(talk, Terminal(self.doors.keys)) if self.on_terminal else talk_on_pipes(talk)
        return self._judged(talk, rc)

    def _words(self) -> Sequence[str]:
        if not self.wanted.far_side:
            return [*self.wanted.forwards, "-N", "-T"]
        return [*self.wanted.forwards, "-t" if self.on_terminal else "-T"]

    def _judged(self, talk: Talk, rc: int) -> Outcome:
        end = talk.log.end(rc)
        if talk.ended_by:
            hung_up = talk.ended_by == signal.SIGHUP
            return Outcome(End.HUNG_UP if hung_up else End.STOPPED, 128 + talk.ended_by)
        if end is not End.NOT_REACHED:
            return Outcome(end, rc if rc >= 0 else 128 - rc)
        said = talk.log.kept + talk.before_the_login
        if rc == -signal.SIGTERM:
            said += b"Permission denied"  # askpass ends ssh rather than answer a second time
        raise ssh_failure(self.target, Completed(rc, b"", said))

    def _by_authority(self) -> bool:
        host, known_hosts = str(self.target.address), self.target.known_hosts
        return stands_by_authority(
            known_keys(host, self.target.port, known_hosts), known_keys(host, DEFAULT_SSH_PORT, known_hosts)
        )


@contextmanager
def _door_for_the_log() -> Iterator[tuple[int, Path]]:
    """A pipe that ssh opens by a name in /proc, as only our own user may: no file, so a kill leaves none behind.

    ssh closes what it inherits before it opens its log, so it cannot be handed a descriptor. The pipe has no end of
    file before the block ends, as we hold its other side, too.
    """
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    try:
        yield reader, Path(f"/proc/{os.getpid()}/fd/{writer}")
    finally:
        os.close(reader)
        os.close(writer)
