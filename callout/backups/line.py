"""What comes over the line from a system, counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass
class Line:
    """Counts what crossed the line from the system."""

    total_bytes: int = 0

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """`chunks`, counted."""
        for chunk in chunks:
            self.total_bytes += len(chunk)
            yield chunk
