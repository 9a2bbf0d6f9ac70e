"""`callout case letter` and `callout case send`: what a customer is told at each step, and how it gets to them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, print_json, tell
from callout.errors import BadInput

if TYPE_CHECKING:
    from callout.desk.outbox import Letter
    from callout.inventory import Inventory
    from callout.steps.case_letter import Composed
    from callout.steps.case_letters_due import Due
    from callout.steps.case_send import Sent
    from callout.steps.context import Context

WARNED, NOT_SENT = 4, 3


class Form(StrEnum):
    """How a letter is shown."""

    TEXT = "text"
    HTML = "html"
    MAIL = "mail"


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("letter")(letter)
    app.command("send")(send)


def letter(
    case: Annotated[str, typer.Argument(help="The case, like CS-1; with --kind unregistered the mail.")] = "",
    kind: Annotated[
        str, typer.Option(help="received, update, reply, pause, outcome …; default: the last step's.")
    ] = "",
    about: Annotated[str, typer.Option(help="The event that it is about; default: the last that calls for it.")] = "",
    language: Annotated[str, typer.Option(help="Like de; default: the customer's.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Show it, and write nothing.")] = False,
    form: Annotated[Form, typer.Option("--format", help="With --preview: text, html or mail.")] = Form.TEXT,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A copy into this file (0600).")] = None,
    due: Annotated[bool, typer.Option("--due", help="Every letter that the last days call for, of all cases.")] = False,
    days: Annotated[int, typer.Option(help="With --due: how many days back.", min=1, max=366)] = 7,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Write the letter of a step into the outbox, in the customer's language. It is sent by: callout case send."""
    context = context_for(inventory, must_exist=True)
    known = inventory_of(context)
    if due:
        if case or kind or preview or output:
            raise BadInput("--due writes all letters that are due.", "Leave the rest out, or --due.")
        from callout.steps.case_letters_due import write_due

        _give_due(write_due(context, known, days), as_json=as_json)
        return
    composed = _composed(context, known, case, kind, about, language)
    if preview:
        _show(composed, form, output)
        return
    from callout.desk.letter_kinds import LetterKind
    from callout.steps.case_letter import write_letter
    from callout.steps.case_unregistered import write_unregistered

    unregistered = composed.letter.kind is LetterKind.UNREGISTERED
    event = (write_unregistered if unregistered else write_letter)(context, composed)
    if output is not None:
        _write(output, composed.mail)
    if as_json:
        print_json({"event": event.as_dict()})
        return
    print(f"Letter {event.id[:8]} ({event.body['kind']}) to {', '.join(event.body['to'])}: {event.body['subject']}")
    tell(f"Written: {context.places.data / event.body['path']}")
    tell(f"Send it with: callout case send {event.id[:8]}")


def send(
    letters: Annotated[list[str] | None, typer.Argument(help="Letters by their names, as they are listed.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    case: Annotated[str, typer.Option(help="Only this case's, like CS-1.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Also one that was perhaps sent, or refused.")] = False,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Record that a person has sent it.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Send letters; without any named, list those that are written and not sent yet.

    Exits 3 where one did not go or nobody knows whether it did, 4 where a recipient was refused.
    """
    from callout.desk.numbers import case_number_of
    from callout.steps.case_send import letter_named, outbox, send_all, send_one, sent_by_hand

    context = context_for(inventory, must_exist=True)
    number = case_number_of(case) if case else ""
    if not letters and not everything:
        if again or by_hand:
            raise BadInput("Which letter?", "Name it; callout case send lists them.")
        _list(context, outbox(context, number), as_json=as_json)
        return
    if letters and (everything or case):
        raise BadInput("Letters are named one by one, or all of them are sent.", "Leave one of the two out.")
    if by_hand:
        for name in letters or ():
            sent_by_hand(context, letter_named(context, name))
            tell(f"Letter {name}: recorded as sent by hand.")
        return
    known = inventory_of(context)
    chosen = [letter_named(context, name) for name in letters or ()]
    sent = [send_one(context, known, one, again=again) for one in chosen]
    _give_sent(sent if chosen else send_all(context, known, number), as_json=as_json)


def _composed(context: Context, known: Inventory, case: str, kind: str, about: str, language: str) -> Composed:
    from callout.desk.letter_kinds import LetterKind
    from callout.steps.case_letter import compose
    from callout.steps.case_unregistered import compose_unregistered

    if kind and kind not in set(LetterKind):
        raise BadInput(f"{kind[:40]!r} is no kind of letter.", f"Use one of: {', '.join(LetterKind)}.")
    if not case:
        raise BadInput("Which case?", "Name it, like CS-1; or --due for all letters that are due.")
    if kind == LetterKind.UNREGISTERED:
        return compose_unregistered(context, known.policy, case, language or "en")
    return compose(context, known, case, LetterKind(kind) if kind else None, about=about, language=language)


def _show(composed: Composed, form: Form, output: Path | None) -> None:
    from callout.views.case_letter_forms import case_letter_html, case_letter_text

    if form is Form.MAIL:
        text = composed.mail.decode("ascii").replace("\r\n", "\n")
    else:
        text = (case_letter_html if form is Form.HTML else case_letter_text)(composed.letter)
    if output is None:
        print(text, end="")
    else:
        _write(output, composed.mail if form is Form.MAIL else text)


def _write(output: Path, content: str | bytes) -> None:
    from callout.cli.written import write_private

    write_private(output, content)
    tell(f"Wrote {output}.")


def _give_due(found: list[Due], *, as_json: bool) -> None:
    if as_json:
        rows = [{"kind": str(one.kind), "about": one.about.id, "why": one.why,
                 "event": one.written.as_dict() if one.written else None} for one in found]  # fmt: skip
        print_json({"letters": rows})
    for one in found:
        if one.written is None:
            tell(f"No letter ({one.kind}) about {one.about.id[:8]}: {one.why}")
        elif not as_json:
            said = one.written.body
            print(f"Letter {one.written.id[:8]} ({said['kind']}) to {', '.join(said['to'])}: {said['subject']}")
    if not found:
        tell("No letter is due.")
    if any(one.written is None for one in found):
        raise typer.Exit(WARNED)


def _list(context: Context, waiting: list[Letter], *, as_json: bool) -> None:
    from callout.views.table import columns

    if as_json:
        print_json({"letters": [_data(one) for one in waiting]})
        return
    if not waiting:
        tell("No letter waits.")
        return
    rows = [
        (one.name, one.case, one.kind, f"{one.written_at:%Y-%m-%d %H:%M}", one.state, ", ".join(one.recipients),
         one.why, str(context.places.data / one.path))
        for one in waiting
    ]  # fmt: skip
    print(*columns(("letter", "case", "kind", "written (UTC)", "state", "to", "why", "file"), rows), sep="\n")


def _give_sent(sent: list[Sent], *, as_json: bool) -> None:
    from callout.desk.outbox import LetterState

    if as_json:
        print_json({"letters": [{**_data(one.letter), "said": one.why} for one in sent]})
    for one in sent:
        name = f"Letter {one.letter.name} ({one.letter.kind}, {one.letter.case or 'no case'})"
        if one.letter.state is LetterState.SENT and not as_json:
            print(f"{name}: sent to {', '.join(a for a in one.letter.recipients if a not in one.letter.refused)}.")
        if one.why:
            tell(f"{name}: {one.why}")
    if not sent:
        tell("No letter waits.")
    if any(one.letter.state is not LetterState.SENT for one in sent):
        raise typer.Exit(NOT_SENT)
    if any(one.letter.refused for one in sent):
        raise typer.Exit(WARNED)


def _data(letter: Letter) -> dict[str, Any]:
    return {
        "letter": letter.id,
        "case": letter.case,
        "kind": letter.kind,
        "state": str(letter.state),
        "language": letter.language,
        "to": list(letter.to),
        "cc": list(letter.copies),
        "subject": letter.subject,
        "message_id": letter.message_id,
        "path": letter.path,
        "sha256": letter.sha256,
        "written_at": letter.written_at.isoformat(),
        "tried_at": letter.tried_at.isoformat() if letter.tried_at else None,
        "server": letter.server,
        "refused": dict(letter.refused),
        "why": letter.why,
    }
