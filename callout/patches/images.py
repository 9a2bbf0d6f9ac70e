"""Images: what a path of a customer's system holds, in one word, said there and read here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from callout.errors import CalloutError

_FILE = re.compile(r"([0-9a-f]{64}):([0-7]{1,4}):([0-9]{1,10}):([0-9]{1,10})", re.ASCII)
_LINK = re.compile(r"link:([0-9a-f]{64}):([0-9]{1,10}):([0-9]{1,10})", re.ASCII)
_OTHERS = frozenset({"absent", "folder", "symlink", "other", "unreadable"})


@dataclass(frozen=True, slots=True)
class Image:
    """An ordinary file with content hash, mode (four octal digits), uid and gid, or what else is there.

    `kind` is file, absent, folder, symlink, other (a device, a socket) or unreadable. Of a symlink `sha256` is over
    the target's bytes as the link says it (it is never followed), uid and gid are the link's own, and there is no mode.
    """

    kind: str
    sha256: str = ""
    mode: str = ""
    uid: int = 0
    gid: int = 0

    @property
    def word(self) -> str:
        """As the scripts write it; equal images have equal words."""
        if self.kind == "symlink" and self.sha256:
            return f"link:{self.sha256}:{self.uid}:{self.gid}"
        if self.kind != "file":
            return self.kind
        return f"{self.sha256}:{int(self.mode, 8):o}:{self.uid}:{self.gid}"

    @property
    def has_content(self) -> bool:
        """True for what has bytes of its own that can be kept and put back: an ordinary file, or a symlink's target."""
        return self.kind in ("file", "symlink") and bool(self.sha256)

    def as_dict(self) -> dict[str, str | int] | None:
        """JSON-able; None for absent. Only a file and a symlink have more than a kind; a file's is not told."""
        if self.kind == "absent":
            return None
        if self.kind == "symlink" and self.sha256:
            return {"kind": "symlink", "sha256": self.sha256, "owner": f"{self.uid}:{self.gid}"}
        if self.kind != "file":
            return {"kind": self.kind}
        return {"sha256": self.sha256, "mode": self.mode, "owner": f"{self.uid}:{self.gid}"}

    @classmethod
    def from_dict(cls, raw: dict[str, str | int] | None) -> Image:
        """The image that `as_dict` wrote, for a file, a symlink or absent.

        Raises KeyError, ValueError or CalloutError for anything else.
        """
        if raw is None:
            return ABSENT
        uid, _, gid = str(raw["owner"]).partition(":")
        if raw.get("kind") == "symlink":
            return image_from_word(f"link:{raw['sha256']}:{int(uid)}:{int(gid)}")
        return image_from_word(f"{raw['sha256']}:{int(str(raw['mode']), 8):o}:{int(uid)}:{int(gid)}")


ABSENT = Image("absent")


def link_image(target: str, uid: int, gid: int) -> Image:
    """The image of a symlink that says `target`."""
    return Image("symlink", hashlib.sha256(target.encode()).hexdigest(), "", uid, gid)


def image_from_word(word: str) -> Image:
    """The image that a script named. Raises CalloutError for a word that no script of ours says."""
    if word in _OTHERS:
        return Image(word)
    if link := _LINK.fullmatch(word):
        return Image("symlink", link[1], "", int(link[2]), int(link[3]))
    match = _FILE.fullmatch(word)
    if match is None:
        raise CalloutError("The system's answer about a file is not understood.", "Run access-check on it.")
    return Image("file", match[1], match[2].zfill(4), int(match[3]), int(match[4]))


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen at one path.

    `way` says whether every folder on the way is there and none is a symlink: ok, missing or symlink.
    `size_bytes` and `links` are of an ordinary file or a symlink; `device` and `free_kib` of its folder's filesystem;
    `leftover` is the id of an unfinished run whose files lie beside it, else empty. None is not known.
    """

    path: str
    image: Image
    way: str = "ok"
    size_bytes: int | None = None
    links: int | None = None
    device: int | None = None
    free_kib: int | None = None
    leftover: str = ""
