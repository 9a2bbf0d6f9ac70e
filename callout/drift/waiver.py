"""Pure: a person's word that a change may stay for a time. It explains nothing, and it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callout.drift.change import Change
from callout.drift.globs import matches
from callout.drift.look import Section
from callout.errors import BadInput
from callout.inventory.drift import DriftPolicy
from callout.ledger.event import format_utc, parse_utc
from callout.policy.consents import CLOCK_TOLERANCE

LONGEST_TEXT = 500
# A pattern has to say what is meant: with fewer plain characters it waives whatever will be found.
FEWEST_PLAIN = 4
_WILD = frozenset("*?[]!")


@dataclass(frozen=True, slots=True)
class Waiver:
    """What is waived, why, until when: one `finding`, or all of a `section` whose subject matches `subject` (as in the
    catalogue: `*` within one name, `**` anything at all).

    Times are aware. `id` is the event's that gave it, empty before it is in the ledger.
    """

    ticket: str
    reason: str
    by: str
    given_at: dt.datetime
    expires_at: dt.datetime
    finding: str = ""
    section: str = ""
    subject: str = ""
    id: str = ""

    def speaks(self, now: dt.datetime) -> bool:
        """True from when it was given until it expires; one dated ahead does not count yet."""
        return self.given_at - CLOCK_TOLERANCE <= now < self.expires_at

    def names(self, finding: str, change: Change) -> bool:
        """Whether it is about that change, whatever the day."""
        if self.finding:
            return self.finding == finding
        return bool(self.subject) and change.section == self.section and matches(change.subject, (self.subject,))

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, as the ledger keeps it; times are UTC."""
        return {
            "finding": self.finding,
            "section": self.section,
            "subject": self.subject,
            "ticket": self.ticket,
            "reason": self.reason,
            "by": self.by,
            "given_at": format_utc(self.given_at),
            "expires_at": format_utc(self.expires_at),
            "id": self.id,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Waiver:
        """The waiver that `as_dict` wrote. Raises KeyError or ValueError for anything else."""
        texts = {key: str(raw[key]) for key in ("finding", "section", "subject", "ticket", "reason", "by", "id")}
        return cls(**texts, given_at=parse_utc(raw["given_at"]), expires_at=parse_utc(raw["expires_at"]))


def waiver_for(
    waivers: Iterable[Waiver], finding: str, change: Change, now: dt.datetime
) -> tuple[Waiver | None, Waiver | None]:
    """The waiver that speaks for the change now (the longest), and else the one that did last, which has expired."""
    named = sorted((one for one in waivers if one.names(finding, change)), key=lambda one: (one.expires_at, one.id))
    speaking = [one for one in named if one.speaks(now)]
    if speaking:
        return speaking[-1], None
    ended = [one for one in named if one.expires_at <= now]
    return None, ended[-1] if ended else None


def require_allowed(waiver: Waiver, policy: DriftPolicy) -> None:
    """Raises BadInput, in one sentence, for a waiver that policy does not let stand."""
    if policy.who_may_waive and waiver.by not in policy.who_may_waive:
        may = ", ".join(policy.who_may_waive)
        raise BadInput(f"{waiver.by} may not waive drift (callout_policy.drift.who_may_waive).", f"Ask: {may}.")
    for name, text in (("ticket", waiver.ticket), ("reason", waiver.reason)):
        if not text.strip() or not text.isprintable() or len(text) > LONGEST_TEXT:
            raise BadInput(f"A waiver needs a {name}: one line of plain text.", f"Give it with --{name}.")
    if bool(waiver.finding) == bool(waiver.subject):
        raise BadInput("A waiver names one finding, or a section and a pattern.", "Take the D-… of callout drift.")
    if waiver.subject and sum(one not in _WILD for one in waiver.subject) < FEWEST_PLAIN:
        raise BadInput(f"The pattern {waiver.subject!r} would waive nearly everything.", "Write what is meant.")
    if waiver.subject and (not waiver.section or _WILD & set(waiver.section)):
        raise BadInput("A pattern is for one section.", "Name it, like files or cron.")
    if waiver.subject and waiver.section not in set(Section):
        raise BadInput(f"There is no section {waiver.section[:40]!r} in a look.", f"There are: {', '.join(Section)}.")
    if waiver.expires_at <= waiver.given_at:
        raise BadInput("The waiver would have expired before it was given.", "Give a later date.")
    if waiver.expires_at - waiver.given_at > dt.timedelta(days=policy.waiver_days):
        raise BadInput(
            f"The waiver is for more than {policy.waiver_days} days (callout_policy.drift.waiver_days).",
            "Give an earlier date; it can be given again.",
        )
