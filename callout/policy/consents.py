"""Which consent covers which plan: a customer's yes to one plan's hash, once, for a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CHANNELS = ("ticket", "email", "chat", "phone", "portal", "letter")
# Clocks of two engineers' machines may differ by so much before one of them is wrong.
CLOCK_TOLERANCE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """One `consented` event. `spent_by` is the call-out that changed something under it, else empty.

    `covers_charging` says that the yes included being charged; `registered` that it came from a registered
    address or was checked in another way that the reference names.
    """

    event_id: str
    callout: str
    plan_hash: str
    at: dt.datetime
    by: str
    channel: str
    reference: str
    covers_charging: bool
    registered: bool
    spent_by: str = ""


def usable(
    consents: Iterable[ConsentGiven], plan_hash: str, callout: str, now: dt.datetime, valid_days: int
) -> tuple[ConsentGiven | None, str]:
    """The newest consent that covers this plan now, and why not where there is none.

    A consent is spent by the call-out that changes something under it: doing the same thing a second time
    takes a second yes.
    """
    of_plan = sorted((c for c in consents if c.plan_hash == plan_hash), key=lambda consent: consent.at)
    if not of_plan:
        return None, "The customer has not consented to this plan."
    newest = of_plan[-1]
    if newest.spent_by and newest.spent_by != callout:
        return None, f"The consent of {newest.by} was for one change, and {newest.spent_by} has made it."
    if now - newest.at > dt.timedelta(days=valid_days):
        return None, f"The consent of {newest.by} is older than {valid_days} days."
    if newest.at > now + CLOCK_TOLERANCE:
        return None, f"The consent of {newest.by} is dated in the future."
    return newest, ""


def is_registered(by: str, channel: str, addresses: Sequence[str]) -> bool:
    """Whether an answer counts as coming from a registered address.

    Other channels than email and ticket were checked in the way that their reference names. The words of `by`
    must hold one of the addresses whole: `notit@x.example` is not `it@x.example`.
    """
    words = {word.strip("<>()[]\"',;:.").lower() for word in by.split()}
    return channel not in ("email", "ticket") or any(address.lower() in words for address in addresses)
