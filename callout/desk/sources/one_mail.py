"""One mail from standard input, or from a file: what other programs hand over."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO

from callout.desk.sources.waiting import Waiting
from callout.errors import BadInput


class OneMail:
    """The mail that `stream` holds, at most `maximum_bytes`: beyond that BadInput, since it can be read only once."""

    def __init__(self, stream: BinaryIO, maximum_bytes: int, name: str = "standard input") -> None:
        raw = stream.read(maximum_bytes + 1)
        if len(raw) > maximum_bytes:
            said = f"The mail on {name} is over {maximum_bytes // 1_000_000} MB."
            raise BadInput(said, "Put it into a Maildir; callout_policy.desk.mail.maximum_mb is the bound.")
        if not raw.strip():
            raise BadInput(f"There is no mail on {name}.", "Give one mail, as in a file .eml.")
        self._name, self._raw, self._is_given = name, raw, False

    @property
    def name(self) -> str:
        """See `Source`."""
        return self._name

    def batch(self) -> Sequence[Waiting]:
        """See `Source`."""
        if self._is_given:
            return []
        self._is_given = True
        return [Waiting(self._name, "", len(self._raw), None, lambda: io.BytesIO(self._raw))]

    def taken(self, mails: Sequence[Waiting]) -> None:
        """There is nothing to mark."""

    def close(self) -> None:
        """Nothing is held."""
