"""What is left of a customer's contracts, kept in a file for the quick verbs, and told by them.

The file is a view like any other and can be deleted at any time; nothing decides by it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from access_check.whole_files import write_whole
from callout.errors import CalloutError
from callout.worklog.reports.standing import Kept, balance_line, balances_kept, kept_from

if TYPE_CHECKING:
    from callout.steps.context import Context
    from callout.worklog.bill import Bill

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)
_LARGEST_BYTES = 64 * 1024
# Whatever else can change what is left; work itself is told in hours.
_CHANGING = ("work_amended", "work_judged", "work_deducted")
_KINDS = ("work_logged", *_CHANGING)
# The clocks of two machines that write the same ledger differ by less.
_SLACK = dt.timedelta(days=1)


def newest_known(context: Context, customer: str) -> int:
    """The place in the ledger of the newest event that a bill which is made from now on knows of; see `_since`.

    Looks at the last day only: what is older cannot be taken for something that came later.
    """
    recent = context.ledger.events(customer=customer, kinds=_KINDS, since_at=context.now() - _SLACK)
    return max((event.seq for event in recent), default=0)


def keep_balances(context: Context, bill: Bill, known: int) -> str:
    """Keeps the balances of a bill of the running month; `known` is `newest_known`, asked before it was made.

    A bill of another month says nothing about now and is not kept. Gives back one sentence where the file could not
    be written, which harms nothing else; empty where all is well.
    """
    start, until = bill.month.span(bill.time_zone)
    now = context.now()
    if not start <= now < until:
        return ""
    kept = Kept(bill.customer, bill.month.name, until, now, known, balances_kept(bill.balances))
    path = _file(context, bill.customer)
    try:
        for folder in (context.places.data, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, kept.as_text().encode("utf-8", "backslashreplace"), mode=0o600)
    except OSError as error:
        return f"{path} cannot be written ({error.strerror}): quick verbs will not show what is left."
    return ""


def balance_told(context: Context, customer: str) -> str:
    """One sentence about what is left for that customer; empty where nothing was ever kept, or nothing can be left.

    Reads one file, and of the ledger what that customer's work has come to since; no inventory.
    """
    path = _file(context, customer)
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{path} cannot be read ({error.strerror}): what is left is not shown."
    kept = kept_from(content.decode("utf-8", "replace")) if len(content) <= _LARGEST_BYTES else None
    if kept is None or kept.customer != customer:
        return f"{path} is not whole: what is left is not shown. callout report balances makes it again."
    if not kept.balances:
        return ""
    try:
        seconds, changes = _since(context, kept)
    except CalloutError as error:
        # What was done before this is told is done: it does not fail because of this.
        return f"What is left for {customer} is not shown: {error.message}"
    return balance_line(kept, context.now(), seconds, changes)


def _since(context: Context, kept: Kept) -> tuple[int, int]:
    """Seconds of work that were logged after it was kept, and how many other events that it does not know of."""
    recent = context.ledger.events(customer=kept.customer, kinds=_KINDS, since_at=kept.made_at - _SLACK)
    newer = [(event.kind, event.body) for event in recent if event.seq > kept.seq]
    # A session that was thrown away was never work.
    newer = [(kind, body) for kind, body in newer if body.get("amendment") != "discarded"]
    logged = [body.get("seconds") for kind, body in newer if kind == "work_logged"]
    seconds = [one for one in logged if isinstance(one, int) and one >= 0]
    return sum(seconds), len(newer) - len(seconds)


def _file(context: Context, customer: str) -> Path:
    """By the customer's id; one that is no plain name is called by its hash."""
    name = customer if _PLAIN.fullmatch(customer) else hashlib.sha256(customer.encode("utf-8", "replace")).hexdigest()
    return context.places.data / "balances" / f"{name}.json"
