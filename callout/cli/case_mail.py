"""`callout case intake` and `callout case mail …`: tickets by e-mail, and those mails that were set aside."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell
from callout.errors import BadInput

mail_app = new_app("Mails that were received: those that became cases, and those that were set aside.")
MailArgument = Annotated[str, typer.Argument(help="Its number, or the first letters of its hash.", metavar="MAIL")]


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group."""
    app.command("intake")(take_in)
    app.add_typer(mail_app, name="mail")


def take_in(
    one: Annotated[str, typer.Argument(help="- takes one mail from standard input.", metavar="[-]")] = "",
    maildir: Annotated[Path | None, typer.Option(help="From this Maildir.")] = None,
    mbox: Annotated[Path | None, typer.Option(help="From this mbox.")] = None,
    imap: Annotated[bool, typer.Option("--imap", help="From the IMAP server of policy.")] = False,
    read_too: Annotated[bool, typer.Option("--read-too", help="Also mails that are marked as read.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Take mails in, from policy's mailbox where none is named: cases, words in cases, and what is set aside.

    Exits 4 where something was set aside. Run it as often as you like: a mail makes one case.
    """
    from callout.steps.intake import Intake
    from callout.steps.mail_source import source_of
    from callout.views.mail_text import mail_line

    if one not in ("", "-"):
        raise BadInput(f"{one[:80]!r} is not -.", "Give one mail on standard input, or name a --maildir or --mbox.")
    context = context_for(inventory)
    found = inventory_of(context)
    stream = sys.stdin.buffer if one else None
    source = source_of(
        context.places, found.policy.desk.mail, maildir=maildir, mbox=mbox, imap=imap, stream=stream, read_too=read_too
    )
    intake = Intake(context, found.customers.values(), found.policy)
    try:
        taken = intake.take(source, lambda event: None if as_json else print(mail_line(event.body)))
    finally:
        source.close()
        intake.close()
    if as_json:
        events = [event.as_dict() for event in taken.received]
        print_json(
            {"received": events, "again": taken.again, "set_aside": len(taken.set_aside), "left": list(taken.left)}
        )
    tell(
        f"{source.name}: {len(taken.received)} mails taken in, {len(taken.set_aside)} of them set aside, "
        f"{taken.again} known already."
    )
    for said in taken.left:
        tell(f"  Left where it is: {said}")
    if taken.set_aside:
        tell("  See callout case mail list --set-aside.")
    raise typer.Exit(taken.exit_status)


@mail_app.command("list")
def list_mails(
    set_aside: Annotated[bool, typer.Option("--set-aside", help="Only those that wait for a person.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """List mails, in the order in which they were taken in."""
    from callout.steps.mail import received_mails
    from callout.views.mail_text import mail_list

    mails = received_mails(context_for(inventory, must_exist=True).ledger, set_aside=set_aside)
    if as_json:
        print_json({"mails": [mail.as_dict() for mail in mails]})
    else:
        print(*mail_list((mail.event.seq, mail.waits, mail.body, mail.case) for mail in mails), sep="\n")


@mail_app.command("show")
def show_mail(
    mail: MailArgument,
    attachment: Annotated[int, typer.Option(help="Write this attachment (1 is the first) to --output.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Into this new file (0600).")] = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Show one mail, quoted text included, as text; nothing in it is run, rendered or fetched."""
    from callout.steps.mail import attachment_bytes, mail_on_shelf, received_mail
    from callout.views.mail_text import mail_page

    context = context_for(inventory, must_exist=True)
    received = received_mail(context.ledger, mail)
    policy = inventory_of(context).policy
    if attachment:
        if output is None:
            raise BadInput("An attachment is never written under its own name.", "Say where to: --output FILE.")
        _write_new(output, attachment_bytes(context, policy, received, attachment))
        tell(f"Wrote {output}. Whatever is in it came from outside.")
        return
    seen = None
    try:
        seen = mail_on_shelf(context, policy, received)
    except BadInput as error:
        tell(f"{error.message} What the ledger keeps of it is shown. {error.hint}")
    if as_json:
        print_json({"mail": received.as_dict(), "whole_text": seen.whole_text if seen else None})
        return
    filed = received.filed
    said = f"{filed.body['case'] or 'dropped'} by {filed.actor}: {filed.body['why']}" if filed else ""
    print(mail_page(received.body, seen, said))


@mail_app.command("file")
def file_mail(
    mail: MailArgument,
    case: Annotated[str, typer.Option(help="It is a word in this case, like CS-000001.")] = "",
    customer: Annotated[str, typer.Option(help="It opens a case of this customer.")] = "",
    drop: Annotated[bool, typer.Option("--drop", help="It is no case. Nothing is deleted.")] = False,
    reason: Annotated[str, typer.Option(help="Why, in one line.")] = "",
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """File a mail that was set aside. Its sender is not registered by that: addresses stand in the inventory."""
    from callout.desk.numbers import case_number_of
    from callout.steps.mail import drop_mail, file_as_case, file_into_case, received_mail

    if sum((bool(case), bool(customer), drop)) != 1:
        raise BadInput("A mail is filed in one way.", "Give one of --case, --customer and --drop.")
    context = context_for(inventory, must_exist=True)
    received = received_mail(context.ledger, mail)
    if case:
        events = file_into_case(context, received, case_number_of(case), reason)
    elif customer:
        found = inventory_of(context)
        events = file_as_case(context, received, found.customer(customer), found.policy, reason)
    else:
        events = drop_mail(context, received, reason)
    if as_json:
        print_json({"events": [event.as_dict() for event in events]})
        return
    print(f"Filed: {events[0].body['case'] or 'dropped'}.")
    whose = events[0].customer
    if whose and received.body["sender"]:
        tell(
            f"Where {received.body['sender']} may open cases, too, add it to callout_customer.registered_addresses "
            f"in group_vars/{whose}.yml."
        )


def _write_new(path: Path, content: bytes) -> None:
    from access_check.whole_files import write_whole

    try:
        write_whole(path, content, mode=0o600, once=True)
    except FileExistsError:
        raise BadInput(f"{path} is there already.", "Name a new file.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.", "Name another file.") from None
