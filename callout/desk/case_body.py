"""The body of a case's event, read field by field: what is not whole is named with its event, never guessed. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from callout.desk.case_moments import moment_in
from callout.desk.rules import Rule, rules_from
from callout.errors import CalloutError
from callout.ledger.event import Event
from callout.policy.desk_words import ClockName

Word = TypeVar("Word", bound=StrEnum)


class Body:
    """One event's body. A text that is missing is empty, a flag that is missing is False, a list empty; a moment, a
    number or a word of a closed vocabulary has to be there. Raises CalloutError for what is of another kind."""

    __slots__ = ("_said", "event")

    def __init__(self, event: Event) -> None:
        self.event = event
        self._said: dict[str, Any] = event.body

    def has(self, name: str) -> bool:
        """Whether anything but nothing is said of it."""
        return bool(self._said.get(name))

    def text(self, name: str) -> str:
        """The text; empty where there is none."""
        said = self._said.get(name, "")
        if not isinstance(said, str):
            raise self._malformed(name, said)
        return said

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list."""
        said = self._said.get(name, [])
        if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
            raise self._malformed(name, said)
        return tuple(said)

    def flag(self, name: str) -> bool:
        """Yes or no; no where nothing is said."""
        said = self._said.get(name, False)
        if not isinstance(said, bool):
            raise self._malformed(name, said)
        return said

    def number(self, name: str) -> int:
        """A whole number."""
        said = self._said.get(name)
        if not isinstance(said, int) or isinstance(said, bool):
            raise self._malformed(name, said)
        return said

    def table(self, name: str) -> Mapping[str, Any]:
        """A table; empty where there is none."""
        said = self._said.get(name, {})
        if not isinstance(said, dict):
            raise self._malformed(name, said)
        return said

    def tables(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """The tables of a list."""
        said = self._said.get(name, [])
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise self._malformed(name, said)
        return tuple(said)

    def pair(self, name: str, said: Any) -> tuple[str, str]:
        """What was, and what is."""
        if not isinstance(said, list) or len(said) != 2 or not all(isinstance(one, str) for one in said):
            raise self._malformed(f"changes.{name}", said)
        return said[0], said[1]

    def moment(self, name: str) -> dt.datetime:
        """A moment (UTC) as `format_utc` writes it."""
        try:
            return moment_in(self.text(name))
        except ValueError:
            raise self._malformed(name, self._said.get(name)) from None

    def word(self, name: str, vocabulary: type[Word]) -> Word:
        """A word of a closed vocabulary."""
        return self.as_word(name, self.text(name), vocabulary)

    def as_word(self, name: str, said: str, vocabulary: type[Word]) -> Word:
        """Likewise, for a word that stands elsewhere in the body."""
        try:
            return vocabulary(said)
        except ValueError:
            raise self._malformed(name, said) from None

    def rules(self) -> dict[ClockName, Rule]:
        """The rules that hold from this event on."""
        said = self.table("rules")
        try:
            return rules_from(said)
        except (KeyError, TypeError, ValueError, ValidationError):
            raise self._malformed("rules", said) from None

    def _malformed(self, name: str, said: Any) -> CalloutError:
        return CalloutError(
            f"Event {self.event.id} (number {self.event.seq}) is no whole {self.event.kind} event: "
            f"{name} is {str(said)[:80]!r}.",
            "callout ledger verify says whether the ledger was changed.",
        )
