"""Options that the verbs of `callout time` share, and whom their work is for."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import inventory_of
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.steps.context import Context
    from callout.steps.work import Subject

TicketOption = Annotated[str, typer.Option(help="The ticket; default: the call-out's.")]
SystemOption = Annotated[str, typer.Option(help="The system that is worked on, by its inventory name.")]
CustomerOption = Annotated[str, typer.Option(help="The customer, where it is about no one system.")]
CalloutOption = Annotated[str, typer.Option(help="The call-out that it belongs to; needs no other name.")]
NoteOption = Annotated[str, typer.Option(help="What is being done; the customer reads it on the bill.")]
InternalNoteOption = Annotated[str, typer.Option(help="For us alone; on no bill.")]
ActivityOption = Annotated[str, typer.Option(help="maintenance (we do), support (we explain), development or travel.")]
RoleOption = Annotated[str, typer.Option(help="engineer or developer; each has its rate.")]
CauseOption = Annotated[
    str,
    typer.Option(
        help="Why there was work: documented_support, unsupported_modification, man_made_emergency, own_bug, included."
    ),
]
EvidenceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--evidence", help="What shows the cause: an event's id or a drift finding, like D-0123456789; may be repeated."
    ),
]
RateOption = Annotated[str, typer.Option(help="An amount per hour instead of every other rate; with its reason.")]
RateReasonOption = Annotated[str, typer.Option(help="Why this rate.")]
ZoneOption = Annotated[
    str, typer.Option(help="Whose clocks times without an offset are by, like Europe/Berlin; default: this machine's.")
]


def subject_of(
    context: Context, callout: str, system: str, customer: str, ticket: str, *, afterwards: bool = False
) -> tuple[Subject, str]:
    """Whom the work is for, and its ticket. Raises BadInput for unknown names and for contradictions.

    `afterwards` the call-out may be closed: what was done while it was open is told later.
    """
    from callout.steps.work import Subject

    if callout:
        return _of_callout(context, callout, system, customer, ticket, afterwards)
    if not system and not customer:
        raise BadInput("Whom is it for?", "Give --callout, --system or --customer.")
    from callout.steps.known_names import owner_of

    owner = owner_of(
        context.places,
        os.environ,
        lambda: inventory_of(context),
        system=system,
        customer=customer,
        now_ns=time.time_ns,
    )
    return Subject(owner, system), ticket


def shown_by(context: Context, evidence: list[str] | None) -> tuple[str, ...]:
    """The whole ids of the events that a person named as evidence. Raises BadInput for one that is not there."""
    if not evidence:
        return ()
    from callout.steps.past_work import evidence_ids

    return evidence_ids(context.ledger, evidence)


def _of_callout(
    context: Context, callout: str, system: str, customer: str, ticket: str, afterwards: bool
) -> tuple[Subject, str]:
    """The subject and ticket of a call-out. Raises BadInput where a name given beside it is another."""
    from callout.steps.record import opening_of, require_open
    from callout.steps.work import Subject

    opened = (opening_of if afterwards else require_open)(context.ledger, callout, system)
    if customer and customer != opened.customer:
        raise BadInput(f"{callout} is about {opened.customer}, not {customer}.", "Leave --customer out.")
    of_callout = opened.body.get("ticket", "")
    if ticket and ticket != of_callout:
        raise BadInput(f"{callout} has ticket {of_callout}, not {ticket}.", "Leave --ticket out.")
    return Subject(opened.customer, opened.system, callout), of_callout
