"""Why a line is what it is: one sentence for each step, with the rule, the key, the numbers and the evidence. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from callout.ledger.event import Event, format_utc
from callout.policy.bands import STANDARD
from callout.policy.chargeable import Charge
from callout.policy.rates import Rate
from callout.worklog.claims import Group
from callout.worklog.entry import Entry
from callout.worklog.judged import Deduction
from callout.worklog.material import Judged
from callout.worklog.overlap import Sharing
from callout.worklog.paying import Share
from callout.worklog.rate_book import Sources

MONEY = "callout_policy.money"
SHARED = {
    Sharing.SPLIT: "A run yields to a person's own work; equals share each minute equally",
    Sharing.FIRST: "A run yields to a person's own work; of equals the one that began first has each minute",
}


@dataclass(frozen=True, slots=True)
class Explainer:
    """Makes the steps of lines: sentences in English, for whoever has to answer for the bill."""

    sources: Sources
    currency: str
    zone: str
    contracts: Sequence[str]
    deductions: Mapping[str, Sequence[Deduction]]
    shared_minutes: str

    def unasked(self, judged: Judged, rate: Rate, worth: Decimal | None) -> tuple[str, ...]:
        """The steps of work that is not charged, or not decided."""
        steps = [*self._facts(judged), *self._verdict(judged)]
        if judged.charge is Charge.NO:
            steps.append(f"Amount: 0 {self.currency}; by itself it would have cost {_known(worth)}.")
        else:
            steps.append("Amount: none before a person has decided: callout bill judge WORK --charge yes|no --reason R")
        if rate.amount is None:
            steps.append(f"Rate: {'; '.join(rate.looked_at)}.")
        return tuple(steps)

    def priced(self, judged: Judged, share: Share, group: Group) -> tuple[str, ...]:
        """The steps of a line that somebody pays."""
        return (
            *self._facts(judged),
            *self._overlap(judged),
            *self._verdict(judged),
            *self._piece(judged, share),
            self._rate(share),
            *self._rounding(share, group),
            *self._payer(share),
            self._amount(share),
        )

    def _facts(self, judged: Judged) -> Iterator[str]:
        entry, event = judged.entry, judged.entry.event
        yield (f"Raw fact: {_raw(event)}, measured by a {event.body.get('source')}, {event.actor}; event {event.id}.")
        if entry.amendments:
            yield (
                f"Amended by {', '.join(entry.amendments)}: {_span(entry)}. What was logged first stays in the ledger."
            )

    def _overlap(self, judged: Judged) -> Iterator[str]:
        overlap = judged.overlap
        if overlap.seconds:
            left = judged.entry.seconds - overlap.seconds
            yield (
                f"Overlap: {_time(overlap.seconds)} were claimed by other work of the same person "
                f"({', '.join(overlap.claimed_by)}); {_time(left)} are left.{self._sharing(judged)}"
            )
        else:
            yield "Overlap: no other charged work of the same person lies in this time."

    def _sharing(self, judged: Judged) -> str:
        """Whose the time is that went to other customers, and by which rule; their names are on nobody else's bill."""
        if judged.contested is None or not judged.contested.elsewhere:
            return ""
        key = self.sources.said(f"{MONEY}.shared_minutes")
        rule = SHARED[Sharing(self.shared_minutes)]
        names = ", ".join(judged.contested.elsewhere)
        return f" For other customers: {names}. {rule} ({key}: {self.shared_minutes})."

    def _verdict(self, judged: Judged) -> Iterator[str]:
        verdict, entry = judged.verdict, judged.entry
        cause = f" Stated cause: {entry.cause}." if entry.cause else ""
        cited = ", ".join(verdict.evidence) or "none but the work itself"
        yield f"Rule {verdict.rule} ({verdict.charge}): {verdict.why}{cause} Evidence: {cited}."
        for one in judged.drift:
            yield f"Shown by finding {one.sentence} callout drift explain {one.finding} tells why; event {one.event}."
        if judged.override:
            said = judged.override
            yield (
                f"A person decided otherwise: charge {said.charge}, by {said.actor} (event {said.event_id}): "
                f"{said.reason}. The rule's word stays beside it."
            )

    def _piece(self, judged: Judged, share: Share) -> Iterator[str]:
        piece = share.claim.piece
        band = piece.band
        key = self.sources.said(f"{MONEY}.multipliers.{band.name}")
        multiplied = f"band {band.name}, × {band.factor} by {key}"
        rule = "standard band, nothing is multiplied" if band == STANDARD else multiplied
        count = len(judged.pieces or ())
        if count > 1:
            span = f"{format_utc(piece.started_at)} to {format_utc(piece.ended_at)}"
            cut = f", {piece.edge}" if piece.edge else ""
            yield f"Piece {piece.number} of {count}{cut}: {span}, {_time(piece.seconds)}; {rule}."
        else:
            yield f"One piece: no band, rate or contract changes meanwhile; {rule}."

    def _rate(self, share: Share) -> str:
        looked_at = "; ".join(share.rate.looked_at)
        if share.rate.amount is None:
            return f"Rate of {share.rate.role}: unknown. Looked at {looked_at}."
        factor = share.claim.piece.band.factor
        multiplied = f" {share.rate.amount} × {factor} = {share.price} an hour." if factor != 1 else ""
        return f"Rate of {share.rate.role}: {share.rate.amount} an hour. Looked at {looked_at}.{multiplied}"

    def _rounding(self, share: Share, group: Group) -> Iterator[str]:
        piece, claim, rounding = share.claim.piece, share.claim, group.rounding
        least = f", at least {rounding.minimum_minutes}" if rounding.minimum_minutes else ""
        key = self.sources.said(f"{MONEY}.rounding")
        whole = claim.minutes + claim.let_off - claim.rounding
        yield (
            f"Rounding: {group.name}, {_time(group.seconds)}, in started steps of {rounding.increment_minutes} minutes"
            f"{least} are {group.minutes} minutes ({key}: {rounding.mode}). {_time(piece.chargeable_s)} of them are "
            f"{whole} whole minutes and {claim.rounding} for the rest of the group."
        )
        if claim.let_off:
            said = "; ".join(
                f"{one.minutes} by {one.actor} (event {one.event_id}): {one.reason}"
                for one in self.deductions.get(piece.entry.event.id, ())
            )
            yield f"Let off: {claim.let_off} minutes here, {claim.minutes} are left. {said}."

    def _payer(self, share: Share) -> Iterator[str]:
        asked = f" Asked before: {'; '.join(share.passed)}." if share.passed else ""
        if share.contract is None:
            if share.beyond:
                yield f"Payer: nobody yet. What may be billed beyond {share.beyond} is used up.{asked}"
            else:
                why = "has anything left" if share.passed else "pays for it"
                yield f"Payer: time and materials; no contract {why}.{asked}"
            return
        contract = share.contract
        key = self.sources.said(f"callout_customer.contracts.{self.contracts.index(contract.id)}")
        held = ""
        if share.before is not None and share.after is not None:
            name = self.currency if contract.kind == "money_block" else "minutes"
            held = f" It had {_plain(share.before)} {name} before and {_plain(share.after)} after."
        day = share.claim.counts_on.isoformat()
        yield f"Payer: contract {contract.id} ({contract.kind}), {key}, for work on {day}.{held}{asked}"

    def _amount(self, share: Share) -> str:
        if share.price is None and share.contract is None:
            return f"Amount: none, since there is no rate for {share.minutes} minutes."
        if share.price is None:
            return f"Amount: 0 {self.currency}; {share.minutes} minutes are covered, their rate is not known."
        sum_said = f"{share.minutes} min × {share.price} ÷ 60 = {_known(share.worth)} {self.currency}"
        if share.beyond:
            return f"Amount: none before a person has decided; it would be {sum_said}."
        return f"Amount: {sum_said}{', covered and shown at zero' if share.contract else ''}."


def _raw(event: Event) -> str:
    body = event.body
    return f"{_time(body['seconds'])} from {body['started_at']} to {body['ended_at']}"


def _span(entry: Entry) -> str:
    return f"now {_time(entry.seconds)} from {format_utc(entry.started_at)} to {format_utc(entry.ended_at)}"


def _time(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _known(amount: Decimal | None) -> str:
    return "unknown" if amount is None else format(amount, "f")


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
