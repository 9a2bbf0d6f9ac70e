"""What a letter about a case is told from, and the parts that it is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callout.policy.desk_words import ClockName, Runs
from callout.policy.rates import Rate

if TYPE_CHECKING:
    from callout.inventory.models import Customer
    from callout.views.quote_letter import QuoteLetter


@dataclass(frozen=True, slots=True)
class Part:
    """One heading with what stands below it, in this order; without a heading it goes on from what is above.

    `said` are a person's words, their lines kept; `quoted` if they are not ours. `points` and `links` are lists.
    """

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    said: str = ""
    quoted: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    points: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock that is not met yet: by when (aware), and within which time that is, like `1 business day`.

    `within` is empty where a person has set the time; `late` says that it has passed.
    """

    clock: ClockName
    due_at: dt.datetime
    within: str = ""
    runs: Runs | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """What a letter is told from. `said` is the body of the event that it is about, and `at` when that happened.

    `promises` are of clocks that still run; `answered` says that a person has replied, `paused` that clocks stand
    still. `copies` are who gets the letter as well. `rate` is what an hour costs them, and `dearer` that it costs more
    at some hours; `quote` is the letter of the quote that the event names: each where one is needed.
    """

    case: str
    customer: Customer
    vendor: str
    said: Mapping[str, Any]
    at: dt.datetime
    subject: str = ""
    ticket: str = ""
    system: str = ""
    channel: str = "email"
    mode: str = ""
    level: int = 0
    answered: bool = False
    paused: bool = False
    promises: tuple[Promise, ...] = ()
    copies: tuple[str, ...] = ()
    rate: Rate | None = None
    dearer: bool = False
    quote: QuoteLetter | None = None

    def promise(self, clock: ClockName) -> Promise | None:
        """What that clock promises, if it still does."""
        return next((one for one in self.promises if one.clock is clock), None)

    @property
    def tag(self) -> str:
        """What a subject line needs so that an answer finds its case."""
        return f"[{self.case}]"
