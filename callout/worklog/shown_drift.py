"""Pure: a drift finding that a person named as the evidence for a cause, read from the event that tells it.

It is written `EVENT#FINDING` among the evidence of work: the `drift_looked` event and the finding in it, so that a bill
stands on what was seen then, whatever a later look sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from access_check.escaping import shown
from callout.ledger.event import Event

KIND = "drift_looked"
FINDING = re.compile(r"D-[0-9a-f]{10}", re.ASCII)
_CITED = re.compile(r"(?P<event>[0-9a-f-]{36})#(?P<finding>D-[0-9a-f]{10})", re.ASCII)
# The only verdict that says whose modification it is; of `unknown` nobody can tell, all others explain the change.
SHOWS = "unsupported"
LONGEST_SUBJECT = 160
_SAYS = {"added": "was added", "removed": "was removed", "changed": "was changed"}


@dataclass(frozen=True, slots=True)
class ShownDrift:
    """What one cited finding says; texts are escaped and bounded.

    `section`, `subject` and `what` (`added`, `removed`, `changed`) tell the change, `verdict` where it came from.
    `since` and `until` are the days (UTC, `YYYY-MM-DD`) of the two looks between which it was made; no `since`: it had
    been waived when the baseline was recorded, and was made before that. `waived` is the
    ticket by which it may stay, empty for none. All but `cited` are empty where the ledger has no such finding.
    """

    cited: str
    section: str = ""
    subject: str = ""
    what: str = ""
    verdict: str = ""
    since: str = ""
    until: str = ""
    waived: str = ""

    @property
    def finding(self) -> str:
        """Its name, like `D-0123456789`."""
        return self.cited.rpartition("#")[2]

    @property
    def event(self) -> str:
        """The id of the event that tells it."""
        return self.cited.partition("#")[0]

    @property
    def proves(self) -> bool:
        """True where it says that the modification is unsupported: nothing less is evidence for a charge."""
        return self.verdict == SHOWS

    @property
    def sentence(self) -> str:
        """In English, for whoever has to answer for the bill."""
        if not self.verdict:
            return f"{self.finding}: the ledger has no such finding."
        between = f"between {self.since} and {self.until}" if self.since else f"before {self.until}"
        between = f"on {self.until}" if self.since == self.until else between
        told = f"{self.finding}: {self.subject} ({self.section}) {_SAYS.get(self.what, self.what)} {between}"
        waived = f", and may stay by {self.waived}" if self.waived else ""
        return f"{told}; it is {self.verdict}{waived}."

    def as_dict(self) -> dict[str, str]:
        """JSON-able."""
        return {
            "finding": self.finding,
            "event": self.event,
            "section": self.section,
            "subject": self.subject,
            "what": self.what,
            "verdict": self.verdict,
            "since": self.since,
            "until": self.until,
            "waived": self.waived,
            "sentence": self.sentence,
        }


def citation(event: Event, finding: str) -> str:
    """How a finding of a `drift_looked` event is named as evidence."""
    return f"{event.id}#{finding}"


def cited_events(text: str) -> set[str]:
    """The ids of all events of which `text` (a body as it is stored) cites a finding."""
    return {found["event"] for found in _CITED.finditer(text)}


def shown_drift(evidence: Iterable[str], looks: Mapping[str, Event]) -> tuple[ShownDrift, ...]:
    """What the findings among `evidence` say; other evidence is passed over. `looks` are `drift_looked` by event id."""
    return tuple(_shown(cited, looks) for cited in evidence if _CITED.fullmatch(cited))


def _shown(cited: str, looks: Mapping[str, Event]) -> ShownDrift:
    identifier, _, finding = cited.partition("#")
    event = looks.get(identifier)
    body: Mapping[str, Any] = event.body if event is not None and event.kind == KIND else {}
    told = next((one for one in _dicts(body.get("findings")) if one.get("id") == finding), None)
    if event is None or told is None:
        return ShownDrift(cited)
    change, waiver = _dict(told.get("change")), _dict(told.get("waiver"))
    return ShownDrift(
        cited,
        section=_word(change.get("section")),
        subject=shown(str(change.get("subject", "")), LONGEST_SUBJECT),
        what=_word(change.get("what")),
        verdict=_word(told.get("provenance")),
        since="" if finding in _list(body.get("carried")) else _word(body.get("baseline_at"))[:10],
        until=event.at[:10],
        waived=_word(waiver.get("ticket")),
    )


def _dicts(raw: Any) -> list[Mapping[str, Any]]:
    return [one for one in _list(raw) if isinstance(one, dict)]


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _dict(raw: Any) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _word(raw: Any) -> str:
    return shown(raw, 60) if isinstance(raw, str) else ""
