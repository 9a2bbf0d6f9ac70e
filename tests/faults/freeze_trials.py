"""What the fault suite of invoices is made of: kills at every step, two processes at once, one random year."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from callout.errors import Refused
from callout.ledger import sqlite
from callout.ledger.chain import verify_chain
from callout.steps import invoice, quote, settled
from callout.steps.context import Context
from callout.steps.invoice import issue_invoice
from callout.steps.review import approve_bill, submit_bill
from tests.faults.kills import killed_at
from tests.unit.invoice_desk import InvoiceDesk, no_check

MARCH = "2026-03"
WRITING = (sqlite.__file__, settled.__file__, invoice.__file__, quote.__file__)
YES = {"order_reference": "PO-7", "by": "it@globex.example", "channel": "email", "reference": "<1@x>"}
REFUSED = "refused"


def approved(desk: InvoiceDesk, customer: str = "globex", month: str = MARCH) -> None:
    """Takes the month through its review."""
    submit_bill(desk.by("eva@desk"), desk.inventory, customer, month)
    approve_bill(desk.by("max@desk"), desk.inventory, customer, month)


def issue(desk: InvoiceDesk, context: Context, customer: str = "globex", month: str = MARCH) -> str:
    """The number of the invoice that was issued."""
    return str(issue_invoice(context, desk.inventory, customer, month, check=no_check).body["number"])


def numbers(desk: InvoiceDesk) -> list[str]:
    """All numbers ever given, in the ledger's order."""
    kinds = ("invoice_issued", "credit_note_issued")
    events = [event for kind in kinds for event in desk.ledger.events(kind=kind)]
    return [event.body["number"] for event in sorted(events, key=lambda one: one.seq)]


def is_whole(desk: InvoiceDesk) -> None:
    """Asserts that the chain is."""
    assert not [one for one in verify_chain(desk.ledger.rows()) if one.blocks]


def every_kill(
    folder: Path,
    prepare: Callable[[InvoiceDesk], None],
    work: Callable[[InvoiceDesk, Context], object],
    look: Callable[[InvoiceDesk], None],
    step: int,
) -> int:
    """Kills `work` at every `step`-th line of what writes; `look` then does it again and checks. How many kills."""
    (folder / "first").mkdir()
    first = InvoiceDesk(folder / "first")
    prepare(first)
    first.ledger.close()
    place = 0
    while True:
        here = folder / f"{place}"
        shutil.copytree(folder / "first", here)
        desk = InvoiceDesk(here)
        desk.ledger.close()

        def whole(desk: InvoiceDesk = desk) -> None:
            work(desk, desk.by("max@desk", desk.opened_again()))

        killed = killed_at(place, WRITING, whole)
        desk.ledger = desk.opened_again()
        is_whole(desk)
        look(desk)
        desk.ledger.close()
        shutil.rmtree(here)
        if not killed:
            return place // step
        place += step


def side_by_side(
    desk: InvoiceDesk, people: tuple[str, str], one: Callable[[Context, int], str], count: int
) -> list[list[str]]:
    """What each of two processes came to for 0 … count-1, which both do at the same time, in orders of their own.

    Who is refused comes to `REFUSED`; whatever else is raised ends the process and the test.
    """
    start_r, start_w = os.pipe()
    answers = []
    for place, actor in enumerate(people):
        answer_r, answer_w = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.close(start_w)
                os.read(start_r, 1)
                os.write(answer_w, json.dumps(_came_to(desk, actor, one, count, place)).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(answer_w)
        answers.append((child, answer_r))
    os.close(start_r)
    os.close(start_w)
    told = []
    for child, answer in answers:
        with os.fdopen(answer) as stream:
            told.append(stream.read())
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return [json.loads(one) for one in told]


def _came_to(desk: InvoiceDesk, actor: str, one: Callable[[Context, int], str], count: int, seed: int) -> list[str]:
    context, found = desk.by(actor, desk.opened_again()), [""] * count
    # Nearly the same order: so that they meet often, and neither is always the first.
    chance = random.Random(seed)
    for number in sorted(range(count), key=lambda place: place + chance.random() * 3):
        try:
            found[number] = one(context, number)
        except Refused:
            found[number] = REFUSED
    return found
