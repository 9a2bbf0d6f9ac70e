"""One multiplexed OpenSSH connection to one system, and what may be asked of it."""

from __future__ import annotations

import hmac
import os
import secrets
import selectors
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from access_check.probes.known_hosts import known_keys
from access_check.targets import Target
from access_check.trust import DEFAULT_SSH_PORT
from callout.errors import BadInput, CalloutError, Unreachable
from callout.programs import BULK_PIPE_BYTES, Completed, kill_group, run_program, start_program
from callout.shell.askpass import password_once
from callout.shell.failure import ssh_failure
from callout.shell.options import account_asked_for, as_path, remote_command, ssh_arguments, stands_by_authority
from callout.shell.streaming import OpenSSHStream

MEBIBYTE = 1024 * 1024
# A reader over there may be still for a while (a large hole in a file, a busy disk); a line is not for as long as this.
SILENCE_S = 300.0


class Stream(Protocol):
    """Bulk data on their way from a system."""

    def chunks(self) -> Iterator[bytes]:
        """Standard output in pieces of at most 1 MiB, until it ends. Feeds standard input meanwhile.

        Raises Unreachable at the deadline, and where nothing moved for too long.
        """
        ...

    def finish(self) -> Completed:
        """Waits for the end; `stdout` is empty, `rc` is the remote script's. Raises Unreachable if the line broke."""
        ...


class Session(Protocol):
    """What a step may do on a system. Fakes in tests implement this, never a part of it."""

    @property
    def name(self) -> str:
        """The system's inventory name."""
        ...

    def run(
        self,
        script: str,
        *arguments: str,
        stdin: bytes | Iterable[bytes] = b"",
        deadline_s: float = 60,
        limit_bytes: int = 4 * MEBIBYTE,
    ) -> Completed:
        """Runs a POSIX script there and gives back what it printed, whatever its exit status.

        The script sees `arguments` as $1…, and `stdin` on its standard input. Output beyond `limit_bytes`
        (both streams together) ends the call with `cut`. Raises Unreachable (no connection, line cut,
        deadline passed) and TrustRefused (host key).
        """
        ...

    def stream(
        self,
        script: str,
        *arguments: str,
        stdin: bytes | Iterable[bytes] = b"",
        deadline_s: float = 3600,
        silence_s: float = SILENCE_S,
    ) -> AbstractContextManager[Stream]:
        """A script's standard output as it comes; use as a context manager, leaving it early kills the script.

        The script finds `stdin` on its standard input; it is sent while the output is read. A line on which
        nothing moves for `silence_s` counts as cut.
        """
        ...

    def close(self) -> None:
        """Ends the shared connection; may be called twice."""
        ...


@dataclass
class OpenSSHSession:
    """A Session over the system's own `ssh`. The connection is made at the first use and shared for a minute."""

    target: Target

    @property
    def name(self) -> str:
        """The system's inventory name."""
        return self.target.name

    def run(
        self,
        script: str,
        *arguments: str,
        stdin: bytes | Iterable[bytes] = b"",
        deadline_s: float = 60,
        limit_bytes: int = 4 * MEBIBYTE,
    ) -> Completed:
        """See Session.run."""
        with self._started(script, arguments) as process:
            source = _pieces(script, stdin)
            completed = _converse(process, source, time.monotonic() + deadline_s, limit_bytes)
        if completed is None:
            raise Unreachable(f"{self.name}: no answer within {deadline_s:g} s.", "Check the line, then run again.")
        return self._judged(completed)

    @contextmanager
    def stream(
        self,
        script: str,
        *arguments: str,
        stdin: bytes | Iterable[bytes] = b"",
        deadline_s: float = 3600,
        silence_s: float = SILENCE_S,
    ) -> Iterator[Stream]:
        """See Session.stream."""
        with self._started(script, arguments, pipe_bytes=BULK_PIPE_BYTES) as process:
            source = _pieces(script, stdin)
            yield OpenSSHStream(self.name, process, source, time.monotonic() + deadline_s, silence_s, self._judged)

    def close(self) -> None:
        """Ends the shared connection; a connection that is not there is fine."""
        path = self._control_path()
        if path.exists():
            run_program(["ssh", "-O", "exit", "-o", f"ControlPath={as_path(path)}", "--", str(self.target.address)])

    @contextmanager
    def _started(
        self, script: str, arguments: Sequence[str], *, pipe_bytes: int = -1
    ) -> Iterator[subprocess.Popen[bytes]]:
        if not self.target.address:
            raise BadInput(f"{self.name} has no address on file.", "Set ansible_host in the inventory.")
        password = self.target.password.get_secret_value() if self.target.password else None
        by_authority = self._by_authority()
        command = ssh_arguments(
            self.target, control_path=self._control_path(), batch=password is None, by_authority=by_authority
        )
        words = [*command, remote_command(len(script.encode()), arguments)]
        account = account_asked_for(self.target, by_authority=by_authority)
        with (
            password_once(password, account) as environment,
            start_program(words, environment=environment, pipe_bytes=pipe_bytes) as process,
        ):
            try:
                yield process
            finally:
                kill_group(process)

    def _by_authority(self) -> bool:
        host, known_hosts = str(self.target.address), self.target.known_hosts
        return stands_by_authority(
            known_keys(host, self.target.port, known_hosts), known_keys(host, DEFAULT_SSH_PORT, known_hosts)
        )

    def _judged(self, completed: Completed) -> Completed:
        killed = completed.rc < 0 and not completed.cut
        if completed.rc == 255 or killed:
            raise ssh_failure(self.target, completed)
        return completed

    def _control_path(self) -> Path:
        """A short private path: socket names are limited to about 100 bytes."""
        folder = Path(tempfile.gettempdir()) / f"callout-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise CalloutError(f"{folder} is not private to you.", "Remove it, then run again.")
        what = "\0".join(
            [
                str(self.target.address),
                str(self.target.port),
                self.target.user,
                str(self.target.known_hosts),
                str(self.target.private_key),
                *self.target.connection_arguments,
                self.target.password.get_secret_value() if self.target.password else "",
            ]
        )
        # The name is in every process list, so what it is made of must not be guessable from it.
        return folder / hmac.digest(_salt(folder), what.encode(), "sha256").hex()[:16]


def _salt(folder: Path) -> bytes:
    """Random bytes that this user's processes share; made once, whole (a link replaces nothing)."""
    kept = folder / "salt"
    if not kept.exists():
        descriptor, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(name, kept)
        Path(name).unlink()
    return kept.read_bytes()


def _pieces(script: str, stdin: bytes | Iterable[bytes]) -> Iterator[bytes]:
    yield script.encode()
    if isinstance(stdin, bytes):
        yield stdin
    else:
        yield from stdin


def _converse(
    process: subprocess.Popen[bytes], source: Iterator[bytes], ends_at: float, limit_bytes: int
) -> Completed | None:
    """Feeds `source` and collects both streams without ever blocking on one; None where time ran out."""
    assert process.stdin and process.stdout and process.stderr
    collected: dict[str, list[bytes]] = {"out": [], "err": []}
    total, pending = 0, b""
    os.set_blocking(process.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, "out")
        selector.register(process.stderr, selectors.EVENT_READ, "err")
        selector.register(process.stdin, selectors.EVENT_WRITE, "in")
        while selector.get_map():
            left = ends_at - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                return None
            for key, _ in ready:
                if key.data == "in":
                    pending = pending or next((piece for piece in source if piece), b"")
                    try:
                        if pending:
                            pending = pending[os.write(key.fd, pending[:65536]) :]
                            continue
                    except BlockingIOError:
                        continue
                    except BrokenPipeError:
                        pass
                    selector.unregister(process.stdin)
                    process.stdin.close()
                    continue
                piece = os.read(key.fd, 65536)
                if not piece:
                    selector.unregister(key.fileobj)
                    continue
                total += len(piece)
                if total > limit_bytes:
                    return Completed(-9, b"".join(collected["out"]), b"".join(collected["err"]), cut=True)
                collected[key.data].append(piece)
    try:
        rc = process.wait(timeout=max(0.5, ends_at - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    return Completed(rc, b"".join(collected["out"]), b"".join(collected["err"]))
