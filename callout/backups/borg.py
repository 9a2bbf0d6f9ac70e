"""Borg as a program: which one, how it is called, and what its exit status means."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

from pydantic import SecretStr

from callout.backups.tar_writer import NOT_TAKEN
from callout.backups.write_behind import Sink, WriteBehind
from callout.errors import BackupFailed, BadInput, CalloutError, Locked, TrustRefused
from callout.findings import Finding, Move, Status
from callout.programs import (
    BULK_PIPE_BYTES,
    Completed,
    kill_group,
    printable,
    run_program,
    secret_pipe,
    start_program,
)

LOCK_WAIT_S = 5
DEADLINE_S = 6 * 3600
SAID_BYTES = 64 * 1024
# From this version on archives are authenticated against an attack on the store (CVE-2023-36811).
SAFE_VERSION = (1, 2, 5)
# Borg's own exit codes (BORG_EXIT_CODES=modern): locks, passphrases, repositories that are none.
LOCKED = range(70, 76)
WRONG_PASSPHRASE = (50, 51, 52, 53)
ALREADY_THERE = (10, 12, 30)
# Our own import-tar, see there.
TAKING = (sys.executable, "-P", "-m", "callout.backups.borg_taking")
# An engineer's own settings for other repositories are kept away from ours.
FOREIGN = (
    "BORG_PASSPHRASE",
    "BORG_PASSCOMMAND",
    "BORG_NEW_PASSPHRASE",
    "BORG_REPO",
    "BORG_CONFIG_DIR",
    "BORG_KEY_FILE",
    "BORG_RSH",
    "BORG_REMOTE_PATH",
)


class NotTakenOver(BackupFailed):
    """An earlier archive has not what it should give; what was being stored is no archive."""


@dataclass(frozen=True, slots=True)
class Borg:
    """One borg program with the passphrase of our repositories. `base` is where it keeps its cache: never in ~.

    `remote_shell` is the command with which it reaches a store at an `ssh://` address.
    """

    program: str
    base: Path
    passphrase: SecretStr
    remote_shell: str = ""

    def run(
        self, *arguments: str, repository: str, deadline_s: float = DEADLINE_S, may_end_with: Collection[int] = ()
    ) -> Completed:
        """One call to its end. Raises Locked, BadInput (wrong passphrase) or BackupFailed unless it went well.

        `may_end_with` are exit statuses that the caller judges.
        """
        descriptor = secret_pipe(self.passphrase.get_secret_value())
        with _closing(descriptor), self._ssh_log() as log:
            completed = run_program(
                self._words(arguments), environment=self._environment(descriptor, log), pass_fds=[descriptor],
                deadline_s=deadline_s,
            )  # fmt: skip
            if completed.rc not in may_end_with:
                _require_well(completed, repository, log)
        return completed

    @contextmanager
    def writing(self, *arguments: str, repository: str, taking: bool = False) -> Iterator[Sink]:
        """Standard input of a borg that runs; on a good end it is waited for, and raises like `run`.

        With `taking` it is callout.backups.borg_taking, see `takes_over`; that raises NotTakenOver, too.
        Left with an exception, borg is killed: what it had taken in is never committed under a final name.
        """
        descriptor = secret_pipe(self.passphrase.get_secret_value())
        with tempfile.TemporaryFile() as said, _closing(descriptor), self._ssh_log() as log:
            program = TAKING if taking else (self.program,)
            process = start_program(
                self._words(arguments, program), environment=self._environment(descriptor, log), pass_fds=[descriptor],
                stdout=subprocess.DEVNULL, stderr=said, pipe_bytes=BULK_PIPE_BYTES,
            )  # fmt: skip
            try:
                assert process.stdin
                behind = WriteBehind(process.stdin)
                try:
                    yield behind
                    behind.close()
                except BrokenPipeError:
                    # Borg has ended before us and says why on its standard error.
                    _require_well(_ended(process, said), repository, log)
                    raise BackupFailed(f"{repository}: borg ended before all was stored.", "Run again.") from None
                finally:
                    # Where all was passed on there is nothing left to give up, and Borg is not disturbed.
                    if not behind.closed:
                        kill_group(process)
                        behind.give_up()
                _require_well(_ended(process, said), repository, log)
            finally:
                _put_away(process)

    @contextmanager
    def reading(self, *arguments: str, repository: str, while_writing: bool = False) -> Iterator[IO[bytes]]:
        """Standard output of a borg that runs; read it to its end. Raises like `run`.

        `while_writing` is for one beside `writing`, which has the repository's and the cache's locks.
        """
        descriptor = secret_pipe(self.passphrase.get_secret_value())
        with tempfile.TemporaryFile() as said, _closing(descriptor), self._ssh_log() as log:
            # A cache of its own: even looking up where a repository was last seen takes the cache's lock.
            cache = {"BORG_CACHE_DIR": str(self.base / "cache-beside")} if while_writing else {}
            words = self._words([arguments[0], *(["--bypass-lock"] if while_writing else []), *arguments[1:]])
            process = start_program(
                words, environment={**self._environment(descriptor, log), **cache}, pass_fds=[descriptor],
                stdin=subprocess.DEVNULL, stderr=said,
            )  # fmt: skip
            try:
                assert process.stdout
                yield process.stdout
                if process.stdout.read(1):
                    raise BackupFailed(f"{repository}: more was read back than was asked for.", "Run borg check on it.")
                _require_well(_ended(process, said), repository, log)
            finally:
                _put_away(process)

    @property
    def writer(self) -> str:
        """Who writes: this machine and our data folder on it. Each archive is marked so, a partial one, too."""
        place = hashlib.sha256(os.fsencode(self.base)).hexdigest()[:8]
        return f"{platform.node()[:64]}-{place}"

    @property
    def takes_over(self) -> bool:
        """Whether this Borg can be told what an earlier archive gives: the one of our own environment, and only 1.4."""
        return Path(self.program).parent == Path(sys.executable).parent and borg_version(self.program)[:4] == "1.4."

    def _words(self, arguments: Sequence[str], program: Sequence[str] = ()) -> list[str]:
        given = self._environment(-1, None)
        without = [word for name in FOREIGN if name not in given for word in ("-u", name)]
        verb, *rest = arguments
        return ["env", *without, *(program or [self.program]), verb, "--lock-wait", str(LOCK_WAIT_S), *rest]

    @contextmanager
    def _ssh_log(self) -> Iterator[Path | None]:
        """Where ssh writes why it failed: Borg drops what it says as often as not once the connection is gone."""
        if not self.remote_shell:
            yield None
            return
        with tempfile.NamedTemporaryFile(prefix="callout-ssh-", suffix=".log") as log:
            yield Path(log.name)

    def _environment(self, descriptor: int, ssh_log: Path | None) -> dict[str, str]:
        return {
            "BORG_PASSPHRASE_FD": str(descriptor),
            "BORG_BASE_DIR": str(self.base),
            "BORG_CACHE_DIR": str(self.base / "cache"),
            "BORG_EXIT_CODES": "modern",
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
            "BORG_DISPLAY_PASSPHRASE": "no",
            "LC_ALL": "C.UTF-8",
            "BORG_HOSTNAME": self.writer,
            **({"BORG_RSH": f"{self.remote_shell} -E {shlex.quote(str(ssh_log))}"} if self.remote_shell else {}),
        }


def find_borg() -> str:
    """The borg of our own environment, else the one on PATH. Raises CalloutError where there is none."""
    own = Path(sys.executable).parent / "borg"
    found = str(own) if own.is_file() else shutil.which("borg")
    if not found:
        raise CalloutError("borg is not installed here.", "Install callout's own: pip install 'borgbackup>=1.4,<1.5'.")
    return found


def borg_version(program: str) -> str:
    """Like `1.4.5`; empty where it does not say. What our own environment has is known without starting it."""
    if Path(program).parent == Path(sys.executable).parent:
        with suppress(metadata.PackageNotFoundError):
            return metadata.version("borgbackup")
    found = re.search(r"\d+\.\d+\.\d+", run_program([program, "--version"]).text)
    return found.group() if found else ""


def judge_version(version: str) -> Finding:
    """Warns about a Borg from before the fix of CVE-2023-36811; one that does not tell its version is unknown."""
    numbers = tuple(int(part) for part in version.split(".")) if version else ()
    if not numbers:
        return Finding("backup.borg", Status.UNKNOWN, "no-version", "borg does not tell its version.", Move.US)
    if numbers < SAFE_VERSION:
        return Finding(
            "backup.borg", Status.WARN, "old-borg",
            f"borg {version} is from before the fix of CVE-2023-36811: a forged archive is not noticed.",
            Move.US, "Install borgbackup 1.4 into callout's own environment.",
        )  # fmt: skip
    return Finding("backup.borg", Status.PASS, "good-borg", f"borg {version}.")


def _require_well(completed: Completed, repository: str, ssh_log: Path | None) -> None:
    if completed.rc == 0:
        return
    said = completed.stderr.decode("utf-8", "replace")
    if ssh_log is not None:
        with ssh_log.open("rb") as log:
            said += "\n" + log.read(SAID_BYTES).decode("utf-8", "replace")
    # The words are for a Borg that knows no modern exit codes (before 1.4).
    if completed.rc == NOT_TAKEN:
        raise NotTakenOver(f"{_last_words(said)}.", "Run borg check on the store.")
    if completed.rc in LOCKED or "acquire the lock" in said:
        raise Locked(f"{repository}: somebody else is working on this repository.", "Wait for them, then run again.")
    if completed.rc in WRONG_PASSPHRASE or "passphrase supplied" in said:
        raise BadInput(
            f"{repository}: callout_policy.backups.passphrase does not open this repository.",
            "Put the passphrase on file that the repository was made with.",
        )
    if "Host key verification failed" in said or "REMOTE HOST IDENTIFICATION HAS CHANGED" in said:
        raise TrustRefused(
            f"{repository}: the store's host key is not the one on file, or none is.",
            "Compare its fingerprint with whoever runs the store, then put its line into the inventory's known_hosts.",
        )
    if completed.rc in ALREADY_THERE:
        raise BackupFailed(f"{repository}: {_last_words(said)}.", "Run again: a name is made of the time.")
    full = re.search(r"No space left|Errno 28|Insufficient free space|File too large|Disk quota", said)
    if full:
        raise BackupFailed(
            f"{repository}: the disk is full; no backup was stored.", "Make room there, then run again; see df."
        )
    raise BackupFailed(
        f"{repository}: borg failed ({completed.rc}): {_last_words(said)}.", "Look at the store with: borg check"
    )


def _last_words(said: str) -> str:
    """The line that says most: the last one that is no frame of a traceback and no platform information."""
    noise = ("  ", "Platform:", "Linux:", "Borg:", "PID:", "CWD:", "sys.argv:", "SSH_ORIGINAL_COMMAND:", "Traceback")
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(noise)]
    return printable(lines[-1])[:300].rstrip(".") if lines else "it said nothing"


def _ended(process: subprocess.Popen[bytes], said: IO[bytes]) -> Completed:
    rc = process.wait(timeout=DEADLINE_S)
    said.seek(0)
    return Completed(rc, b"", said.read(SAID_BYTES))


def _put_away(process: subprocess.Popen[bytes]) -> None:
    kill_group(process)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream and not stream.closed:
            try:
                stream.close()
            except BrokenPipeError:
                # Bytes that were still in our buffer for a borg that is no more.
                continue


@contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)
