"""Pure: what a system's files say of the bundles that should lie there, file by file, and of those that do unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callout.patches.announced import Announced
from callout.patches.file_change import LINK_WORD
from callout.patches.images import Observed
from callout.patches.standing import Holding, Standing

# An upgrade that overwrote every patch of a system must still fit into one event.
MOST_FILES = 50


class FileStanding(StrEnum):
    """How one patched file stands. `covered`: a later patch of ours lies on it; `attributes`: same bytes, other
    mode or owner; `back`: as before the patch; `other`: neither; `unseen`: it could not be looked at."""

    IN = "in"
    COVERED = "covered"
    ATTRIBUTES = "attributes"
    BACK = "back"
    OTHER = "other"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class ReadBack:
    """One bundle as the system has it. `files` are path and standing of those that are not simply in."""

    bundle: str
    standing: Standing
    note: str = ""
    files: tuple[tuple[str, FileStanding], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, as the ledger keeps it."""
        files = [{"path": path, "standing": str(standing)} for path, standing in self.files[:MOST_FILES]]
        told = {"bundle": self.bundle, "standing": str(self.standing), "note": self.note, "files": files}
        return told | ({"more_files": len(self.files) - MOST_FILES} if len(self.files) > MOST_FILES else {})


def read_back(
    holdings: Sequence[Holding], seen: Mapping[str, Observed], upgraded: Mapping[str, bool | None]
) -> list[ReadBack]:
    """One per holding that should lie there. `seen` is by path; `upgraded` says by bundle whether the product has
    another version than when it was put in, None where one of the two is not known.
    """
    return [_one(held, holdings, seen, upgraded.get(held.bundle)) for held in holdings if held.ours]


def found_unasked(
    announced: Sequence[Announced], holdings: Sequence[Holding], seen: Mapping[str, Observed]
) -> list[ReadBack]:
    """Announced bundles whose every file lies there though this ledger never put them in, or took them back."""
    ours = {held.bundle for held in holdings if held.ours}
    note = "It lies there; this ledger did not put it in."
    return [
        ReadBack(one.bundle, Standing.IN, note)
        for one in announced
        if one.bundle not in ours and _lies_there(one, seen)
    ]


def _one(held: Holding, holdings: Sequence[Holding], seen: Mapping[str, Observed], upgraded: bool | None) -> ReadBack:
    on_top = {
        file["path"]: file["after"]
        for later in sorted(holdings, key=lambda one: one.seq)
        if later.ours and later.seq > held.seq
        for file in later.files
    }
    standings = [(file["path"], _file(file, seen.get(file["path"]), on_top)) for file in held.files]
    standing, note = _whole({standing for _, standing in standings}, upgraded)
    return ReadBack(held.bundle, standing, note, tuple(one for one in standings if one[1] is not FileStanding.IN))


def _file(file: Mapping[str, Any], seen: Observed | None, on_top: Mapping[str, Any]) -> FileStanding:
    if seen is None or seen.way == "symlink" or seen.image.kind == "unreadable":
        return FileStanding.UNSEEN
    image = seen.image.as_dict()
    if image == file["after"]:
        return FileStanding.IN
    if file["path"] in on_top and image == on_top[file["path"]]:
        return FileStanding.COVERED
    if image == file["before"]:
        return FileStanding.BACK
    if image and file["after"] and image.get("sha256") and image.get("sha256") == file["after"].get("sha256"):
        return FileStanding.ATTRIBUTES
    return FileStanding.OTHER


def _whole(files: set[FileStanding], upgraded: bool | None) -> tuple[Standing, str]:
    if FileStanding.UNSEEN in files:
        return Standing.UNSURE, "Not all of its files could be looked at."
    if files <= {FileStanding.IN, FileStanding.COVERED, FileStanding.ATTRIBUTES}:
        note = "Mode or owner of a file was changed since." if FileStanding.ATTRIBUTES in files else ""
        return Standing.IN, note
    if upgraded:
        return Standing.OVERWRITTEN, "The product has another version than when it was put in."
    if files == {FileStanding.BACK}:
        return Standing.ROLLED_BACK, "All files are as before it; somebody put them back without this ledger."
    if FileStanding.OTHER not in files:
        return Standing.TORN, "Some of its files are in, others as before it."
    if upgraded is None:
        return Standing.MODIFIED, "Changed since; whether by an upgrade is not known: a version could not be had."
    return Standing.MODIFIED, "Changed since, by hand or by a program; the product's version is the same."


def _lies_there(one: Announced, seen: Mapping[str, Observed]) -> bool:
    """Every file with new content has it, and every deleted one is gone; a bundle of deletions only proves nothing."""
    if not any(after for _, after in one.files):
        return False
    return all(
        (look := seen.get(path)) is not None and look.way == "ok" and _is_so(look, after) for path, after in one.files
    )


def _is_so(look: Observed, after: str) -> bool:
    if not after:
        return look.image.kind == "absent"
    kind = "symlink" if after.startswith(LINK_WORD) else "file"
    return look.image.kind == kind and look.image.sha256 == after.removeprefix(LINK_WORD)
