"""A bill line that stands on a drift finding: the finding in words, in every form, and never on a doubtful one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from callout.drift.change import What
from callout.drift.judged import Judged
from callout.drift.look import Section
from callout.drift.provenance import Provenance
from callout.inventory.policy import Money
from callout.policy.chargeable import Charge, Rule
from callout.views.bill_data import bill_csv, bill_dict
from callout.views.bill_html import bill_html
from callout.views.bill_text import bill_text
from callout.views.explained import explained_text
from callout.views.shown_drift import drift_sentence
from callout.views.words import locale_of
from callout.worklog.bill import Bill
from callout.worklog.billing import bill_for
from callout.worklog.month import parse_month
from callout.worklog.shown_drift import ShownDrift, citation, cited_events, shown_drift
from tests.unit.drift.judging_desk import changed, verdict

Golden = Callable[[str, str], None]
NOVEMBER = parse_month("2026-11")
HOSTILE = "/etc/<script>alert(1)</script>{{7*7}}\x1b[2J\n\u202e=1+1|`*_"


def found(path: str = "/etc/profile") -> Judged:
    """A file that nothing explains, by the real rules."""
    return verdict(changed(path))


def looked(book: Any, *judged: Judged, at: str = "2026-11-23T11:55Z", **body: Any) -> Any:
    """The event of a look that found them."""
    told = {"baseline_at": "2026-11-13T12:00:00.000000Z", "findings": [one.as_dict() for one in judged], **body}
    return book.write("drift_looked", at, outcome="drift", **told)


def charged(book: Any, *evidence: str, cause: str = "unsupported_modification") -> Any:
    """Two hours of looking for the trouble."""
    note = "Calls without sound: found a profile that was changed by hand"
    more = {"note": note, "ticket": "T-3001", "cause": cause, "cause_evidence": list(evidence)}
    return book.work("2026-11-23T14:00Z", 7200, **more)


def bill(book: Any, customer: Any) -> Bill:
    return bill_for(book.events, customer, Money(), NOVEMBER, "Example Telephony Ltd")


@pytest.fixture
def billed(book: Any, make_customer: Any) -> Bill:
    """A maintenance contract, under which only the cause makes it chargeable."""
    book.callout = ""
    judged = found()
    charged(book, citation(looked(book, judged), judged.id))
    return bill(book, make_customer(contract="maintenance"))


def test_golden_in_every_form(billed: Bill, golden: Golden) -> None:
    golden("bill/drift.txt", bill_text(billed) + "\n")
    golden("bill/drift.json", json.dumps(bill_dict(billed), indent=2) + "\n")
    golden("bill/drift.csv", bill_csv(billed).replace("\r\n", "\n"))
    golden("bill/drift.html", bill_html(billed))
    golden("bill/drift-de.html", bill_html(replace(billed, language="de_AT")))
    golden("bill/drift-explained.txt", explained_text(billed, billed.lines) + "\n")


def test_it_is_charged_by_its_cause_and_says_what_was_found(billed: Bill) -> None:
    (line,) = billed.lines
    assert (line.charge, line.verdict.rule, str(line.amount)) == (Charge.YES, Rule.UNSUPPORTED_MODIFICATION, "240.00")
    assert line.drift[0].sentence.endswith(
        "/etc/profile (files) was changed between 2026-11-13 and 2026-11-23; it is unsupported."
    )
    assert not billed.findings
    (step,) = [one for one in line.steps if one.startswith("Shown by finding D-")]
    assert line.drift[0].event in step


@pytest.mark.parametrize("provenance", [one for one in Provenance if one is not Provenance.UNSUPPORTED])
def test_whatever_is_not_unsupported_is_no_evidence_for_a_charge(
    book: Any, make_customer: Any, provenance: Any
) -> None:
    judged = replace(found(), provenance=provenance)
    charged(book, citation(looked(book, judged), judged.id))
    (line,) = bill(book, make_customer()).lines
    assert (line.charge, line.verdict.rule, line.amount) == (Charge.UNDECIDED, Rule.FINDING_IN_DOUBT, None)


def test_a_finding_that_no_look_has_is_no_evidence(book: Any, make_customer: Any) -> None:
    event, other = looked(book, found()), "D-0123456789"
    charged(book, citation(event, other))
    (line,) = bill(book, make_customer()).lines
    assert line.verdict.rule is Rule.FINDING_IN_DOUBT
    assert line.drift[0].sentence == "D-0123456789: the ledger has no such finding."
    assert "no such finding" in bill_html(bill(book, make_customer()))


def test_the_finding_of_another_customer_is_none(book: Any, make_customer: Any) -> None:
    judged = found()
    book.customer = "acme"
    cited = citation(looked(book, judged), judged.id)
    book.customer = "globex"
    charged(book, cited)
    assert bill(book, make_customer()).lines[0].verdict.rule is Rule.FINDING_IN_DOUBT


def test_one_doubtful_finding_among_good_ones_asks_a_person(book: Any, make_customer: Any) -> None:
    good, doubtful = found(), replace(found("/etc/motd"), provenance=Provenance.UNKNOWN)
    event = looked(book, good, doubtful)
    charged(book, citation(event, good.id), citation(event, doubtful.id))
    assert bill(book, make_customer()).lines[0].charge is Charge.UNDECIDED


def test_other_causes_and_other_evidence_are_as_before(book: Any, make_customer: Any) -> None:
    judged = replace(found(), provenance=Provenance.UNKNOWN)
    event = looked(book, judged)
    charged(book, citation(event, judged.id), cause="man_made_emergency")
    charged(book, event.id)
    first, second = bill(book, make_customer()).lines
    assert (first.charge, second.charge, second.drift) == (Charge.YES, Charge.YES, ())


def test_what_a_system_said_is_only_ever_text(book: Any, make_customer: Any) -> None:
    judged = replace(found(HOSTILE), provenance=Provenance.UNSUPPORTED)
    charged(book, citation(looked(book, judged), judged.id))
    told = bill(book, make_customer())
    for output in (bill_text(told), bill_csv(told), bill_html(told), explained_text(told, told.lines)):
        assert all(character.isprintable() or character in "\r\n" for character in output)
    assert "<script>" not in bill_html(told)
    assert ">49<" not in bill_html(told) and "{{7*7}}" in bill_html(told)


def test_events_that_are_not_whole_prove_nothing(book: Any) -> None:
    judged = found()
    odd: list[dict[str, Any]] = [
        {"findings": "none"}, {"findings": [7]}, {}, {"findings": [{"id": judged.id}]},
        {"findings": [{"id": judged.id, "change": 7, "provenance": ["unsupported"], "waiver": 1}]},
    ]  # fmt: skip
    for body in odd:
        event = book.write("drift_looked", "2026-11-23T11:55Z", **body)
        (shown,) = shown_drift([citation(event, judged.id)], {event.id: event})
        assert not shown.proves
    event = book.write("noted", "2026-11-23T11:55Z", findings=[judged.as_dict()])
    assert not shown_drift([citation(event, judged.id)], {event.id: event})[0].proves


def test_a_waived_finding_says_by_what(book: Any) -> None:
    judged = found()
    told = {**judged.as_dict(), "waiver": {"ticket": "T-4711"}}
    event = book.write("drift_looked", "2026-11-23T11:55Z", findings=[told], baseline_at="2026-11-13T12:00:00.000000Z")
    (shown,) = shown_drift([citation(event, judged.id)], {event.id: event})
    assert shown.sentence.endswith("it is unsupported, and may stay by T-4711.")


def test_citations_are_found_in_stored_bodies(book: Any) -> None:
    event = looked(book, found())
    work = charged(book, citation(event, "D-0123456789"), "an-event")
    assert cited_events(work.body_text) == {event.id}


@pytest.mark.parametrize("language", ["en", "de_AT", "ja"])
@pytest.mark.parametrize("what", [*What])
def test_every_change_has_its_words(language: str, what: What) -> None:
    shown = ShownDrift(
        "e#D-0123456789", str(Section.CRON), "crontab", str(what), "unsupported", "2026-11-13", "2026-11-23"
    )
    sentence = drift_sentence(shown, locale_of(language))
    assert "D-0123456789" in sentence and "crontab" in sentence and "{" not in sentence
