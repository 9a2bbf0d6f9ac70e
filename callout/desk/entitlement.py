"""What a customer is entitled to: by which channel, against which clocks, at whose cost. Pure; the reasons as findings.

Published procedure: a ticket by e-mail from a registered address, or a chat, under any contract. The emergency phone
needs an emergency contract and an authenticated caller, and is for cases in which 50 % of calls or more cannot pass.
Support means that we tell and they do; what we do for them is charged, unless a maintenance contract has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from callout.desk.authentication import Authentication
from callout.desk.failing_calls import FailingCalls, judge_failing
from callout.findings import Finding, Move, Status

if TYPE_CHECKING:
    from callout.inventory.models import Customer


class Channel(StrEnum):
    """How something reached the desk; `bridge` is another ticket system."""

    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    BRIDGE = "bridge"


class Price(StrEnum):
    """What a case costs, as far as it can be said when it begins."""

    SUPPORT = "support"
    MAINTENANCE = "maintenance"
    EMERGENCY = "emergency"


PRICE_WORDS: Mapping[Price, str] = {
    Price.SUPPORT: "Answers and instructions are part of the support contract. What we do on the system for the "
    "customer is charged by the time spent; a quote comes first where possible.",
    Price.MAINTENANCE: "Part of the maintenance contract. What follows from an unsupported modification is charged.",
    Price.EMERGENCY: "Part of the emergency contract. An emergency that was man-made, or none at all, is charged "
    "afterwards by the time spent, with the reason.",
}


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What was decided when a case began, or became an emergency. `findings` are all of it, one per rule."""

    contract: str
    channel: Channel
    emergency: bool
    price: Price
    findings: tuple[Finding, ...]
    authentication: Authentication | None = None
    failing: FailingCalls | None = None

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """What stands in the way; empty where they are entitled."""
        return tuple(finding for finding in self.findings if finding.blocks)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, as it stands in `case_opened`."""
        return {
            "contract": self.contract,
            "channel": str(self.channel),
            "emergency": self.emergency,
            "price": str(self.price),
            "authentication": self.authentication.as_dict() if self.authentication else {},
            "failing": self.failing.as_dict() if self.failing else {},
            "findings": [finding.as_dict() for finding in self.findings],
        }


def entitled(
    customer: Customer,
    channel: Channel,
    *,
    emergency: bool,
    authentication: Authentication | None = None,
    failing: FailingCalls | None = None,
    failing_needed_percent: int = 50,
) -> Entitlement:
    """What the customer's contract says to this. `authentication` is needed for chat and phone, `failing` for an
    emergency; where it was not asked for it is missing, and that refuses."""
    findings: list[Finding] = [_channel(channel, emergency)]
    if emergency:
        findings.append(_emergency_contract(customer))
    if channel in (Channel.CHAT, Channel.PHONE):
        findings.append(authentication.finding if authentication else _unasked("entitlement.caller", "who asks"))
    if emergency:
        share = judge_failing(failing, failing_needed_percent) if failing else None
        findings.append(share or _unasked("entitlement.failing_calls", "how many calls fail"))
    return Entitlement(
        customer.contract, channel, emergency, price_of(customer.contract, emergency=emergency), tuple(findings),
        authentication, failing,
    )  # fmt: skip


def price_of(contract: str, *, emergency: bool) -> Price:
    """What is said of the cost under that contract."""
    if emergency:
        return Price.EMERGENCY
    return Price.MAINTENANCE if contract == "maintenance" else Price.SUPPORT


def channels_of(customer: Customer) -> tuple[Channel, ...]:
    """The ways in which that customer may come to the desk."""
    return (Channel.EMAIL, Channel.CHAT, *((Channel.PHONE,) if customer.emergency_phone else ()))


def refusal_words(refusals: Sequence[Finding]) -> str:
    """All reasons in one line, for a log or a letter."""
    return " ".join(finding.seen for finding in refusals)


def _channel(channel: Channel, emergency: bool) -> Finding:
    check = "entitlement.channel"
    if channel is Channel.PHONE and not emergency:
        return Finding(
            check, Status.FAIL, "phone-is-for-emergencies", "The phone is for emergencies.", Move.CUSTOMER,
            "Ask for a mail from a registered address, or a chat; an emergency is opened with --emergency.",
        )  # fmt: skip
    if emergency and channel is not Channel.PHONE:
        return Finding(
            check, Status.FAIL, "emergencies-come-by-phone", f"An emergency is not told by {channel}: nobody may "
            "look there at night.", Move.CUSTOMER, "Ask them to call; open it with --channel phone.",
        )  # fmt: skip
    return Finding(check, Status.PASS, str(channel), f"It came by {channel}.")


def _emergency_contract(customer: Customer) -> Finding:
    check = "entitlement.emergency_contract"
    if customer.emergency_phone:
        return Finding(check, Status.PASS, "there", "The customer has an emergency contract.")
    return Finding(
        check, Status.FAIL, "none", "The customer has no emergency contract.", Move.CUSTOMER,
        "Take it as a ticket; the account manager sells them one (callout_customer.emergency_phone).",
    )  # fmt: skip


def _unasked(check: str, what: str) -> Finding:
    return Finding(check, Status.UNKNOWN, "unasked", f"Nobody asked {what}.", Move.US, "Ask the caller.")
