"""Borg's `import-tar`, for a stream that may say of a file: its content is the one that an earlier archive has.

A program, used like `borg import-tar` of Borg 1.4: `python -P -m callout.backups.borg_taking import-tar …`. The content
of such a file is neither read nor sent: the new archive refers to the same chunks, and needs the earlier one no more
than any two archives of a repository need each other. It ends with NOT_TAKEN where that one has not what it should.

It rests on Borg's own classes, which nobody promised to keep: see `callout.backups.borg.Borg.takes_over`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from borg import archiver
from borg.archive import Archive, TarfileObjectProcessors
from borg.helpers import Error

from callout.backups.tar_writer import NOT_TAKEN, TAKE_FROM, TAKE_SIZE


class NotTaken(Error):  # type: ignore[misc]
    """{}: {!r} cannot be taken from it: {}."""

    exit_mcode = NOT_TAKEN


class Earlier:
    """One archive that gives its files, in its own order; each is looked for behind the one before."""

    def __init__(self, name: str, cache: Any, key: Any) -> None:
        self.name = name
        self._items: Iterator[Any] = Archive(cache.repository, key, cache.manifest, name).iter_items()

    def chunks(self, path: str, size: int) -> list[Any]:
        """Which chunks the file of that path is made of. Raises NotTaken unless it is whole and has that size."""
        for item in self._items:
            if item.path == path:
                break
        else:
            raise NotTaken(self.name, path, "it is not there")
        if "chunks" not in item or "chunks_healthy" in item:
            raise NotTaken(self.name, path, "it is no file, or not whole any more")
        if sum(chunk.size for chunk in item.chunks) != size:
            raise NotTaken(self.name, path, "it has another size")
        return list(item.chunks)


class Processors(TarfileObjectProcessors):  # type: ignore[misc]
    """Borg's own, but for files whose header names an earlier archive."""

    _earlier: Earlier | None = None

    def process_file(self, *, tarinfo: Any, status: Any, type: int, tar: Any) -> Any:  # noqa: A002 - Borg's name
        """One file of the stream, as Borg calls it."""
        name = tarinfo.pax_headers.get(TAKE_FROM)
        if name is None:
            return super().process_file(tarinfo=tarinfo, status=status, type=type, tar=tar)
        with self.create_helper(tarinfo, status, type) as (item, helped):
            item.chunks = self._taken(name, item.path, tarinfo)
            item.get_size(memorize=True)
            self.stats.nfiles += 1
            return helped

    def _taken(self, name: str, path: str, tarinfo: Any) -> list[Any]:
        try:
            if self._earlier is None or self._earlier.name != name:
                self._earlier = Earlier(name, self.cache, self.key)
            chunks = self._earlier.chunks(path, int(tarinfo.pax_headers[TAKE_SIZE]))
            return [self.cache.chunk_incref(chunk.id, self.stats) for chunk in chunks]
        except NotTaken:
            raise
        except (Error, KeyError, TypeError, ValueError) as error:
            # A damaged archive fails in many ways, and each of them is told in the same one.
            raise NotTaken(name, path, f"{type(error).__name__} {error}"[:300]) from error


if __name__ == "__main__":
    archiver.TarfileObjectProcessors = Processors
    archiver.main()
