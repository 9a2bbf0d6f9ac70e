"""What contracts still hold stands in the call-out's story, and in the change report, from the moment it is opened."""

from __future__ import annotations

from typing import Any

from callout.ledger import Draft
from callout.ledger.event import format_utc
from callout.steps.record import open_callout
from callout.views.story import story_text


def test_the_balance_stands_on_the_call_out(context: Any, system: Any, clock: Any) -> None:
    began = clock()
    contracts = [{"id": "H-1", "kind": "hours_block", "starts": "2020-01-01", "hours": "2"}]
    customer = system.customer.model_validate({**system.customer.model_dump(), "contracts": contracts})
    body = {
        "source": "person", "role": "engineer", "started_at": format_utc(began), "ended_at": format_utc(began),
        "seconds": 1800, "ticket": "T-1", "cause": "man_made_emergency",
    }  # fmt: skip
    context.ledger.append(Draft("work_logged", began, "eva@desk", customer.id, system.name, "", body))
    with_contract = system.model_copy(update={"customer": customer})
    opened = open_callout(context, with_contract, "T-1", "Patch 17")
    assert opened.body["balances"] == [{"contract": "H-1", "unit": "minutes", "bought": "120", "left": "90"}]
    assert "left: 90" in story_text([opened])
    assert "balances" not in open_callout(context, system, "T-2", "Patch 18").body
