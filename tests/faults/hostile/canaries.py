"""Secrets that sing when they get out: each carries 16 characters that stand nowhere else."""

from __future__ import annotations

import base64
import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.metering import family

_EVERY_S = 0.01
_HALF = 10


@dataclass
class Canaries:
    """Named secrets; `song` is what each is recognised by, in any spelling or text that was cut in two."""

    songs: dict[str, str] = field(default_factory=dict)

    def new(self, name: str, around: str = "{}") -> str:
        """A secret of this name; `around` is written round its song."""
        self.songs[name] = secrets.token_hex(8)
        return around.replace("{}", self.songs[name])

    def heard_in(self, text: bytes) -> set[str]:
        """The names of those that got out: plain, in part, in base64 at any alignment, in hexadecimal."""
        return {name for name, song in self.songs.items() if any(part in text for part in _parts(song))}


def _parts(song: str) -> list[bytes]:
    plain = song.encode()
    parts = [plain[:_HALF], plain[-_HALF:], plain.hex().encode()]
    for shift in range(3):
        # Only the characters that are made of the song alone.
        parts.append(base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4])
    return parts


@dataclass
class Watch:
    """Looks at the arguments and the environment of every child while it is entered."""

    canaries: Canaries
    heard: set[str] = field(default_factory=set)
    looks: int = 0

    def __enter__(self) -> Watch:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY_S):
            for pid in family():
                if pid != os.getpid():
                    self.looks += 1
                    self.heard |= self.canaries.heard_in(_told(pid, "cmdline") + _told(pid, "environ"))


def _told(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""  # it has ended
