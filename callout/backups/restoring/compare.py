"""Pure: what was sent × what is there → what is not as it should be."""

from __future__ import annotations

from collections.abc import Mapping

from access_check.escaping import shown
from callout.backups.manifest import FILES, Entry, EntryKind
from callout.backups.restoring.seen import Seen


def differing(
    entries: Mapping[str, Entry],
    there: Mapping[str, Seen | None],
    content: Mapping[str, str] | None,
    texts: Mapping[str, bytes],
) -> list[str]:
    """The names (printable, with what is wrong) that are not as `entries` say; `content` None: not read.

    Of folders only that they are there counts, their times are set when all is in its place. `texts` are the
    contents that stand in for the archive's.
    """
    wrong = []
    for name, entry in entries.items():
        found = there.get(name)
        what = _wrong(name, entry, found, content, texts)
        if not what and entry.kind is EntryKind.HARD_LINK and found is not None:
            first = there.get(entry.target.removeprefix(FILES))
            what = "" if first and (first.device, first.inode) == (found.device, found.inode) else "is not linked"
        if what:
            wrong.append(f"/{shown(name.encode('utf-8', 'surrogateescape'), 300)} {what}")
    return wrong


def _wrong(
    name: str, entry: Entry, found: Seen | None, content: Mapping[str, str] | None, texts: Mapping[str, bytes]
) -> str:
    if found is None:
        return "is not there"
    if found.kind is not (EntryKind.FILE if entry.kind is EntryKind.HARD_LINK else entry.kind):
        return f"is a {found.kind or 'socket'}"
    if entry.kind in (EntryKind.FOLDER, EntryKind.HARD_LINK):
        return ""
    if (found.uid, found.gid) != (entry.uid, entry.gid):
        return "has another owner"
    if entry.kind is EntryKind.SYMLINK:
        return ""
    if found.mode != entry.mode:
        return "has another mode"
    if entry.kind is EntryKind.FILE:
        size = len(texts[name]) if name in texts else entry.size
        if found.size != size:
            return "has another size"
        if content is not None and content.get(name) != entry.sha256:
            return "has another content"
        if found.mtime_s != entry.mtime_ns // 10**9:
            return "has another time"
    return ""
