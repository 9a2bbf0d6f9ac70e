"""Which mailbox is meant: the one that is named, else policy's."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from callout.desk.sources.imap import ImapSource
from callout.desk.sources.maildir import MaildirSource
from callout.desk.sources.mbox import MboxSource
from callout.desk.sources.one_mail import OneMail
from callout.desk.sources.waiting import Source
from callout.errors import BadInput
from callout.inventory.desk import Imap, Mail
from callout.places import Places

POSITIONS = "positions"
KEY = "callout_policy.desk.mail.mailbox"


def source_of(
    places: Places,
    mail: Mail,
    *,
    maildir: Path | None = None,
    mbox: Path | None = None,
    imap: bool = False,
    stream: BinaryIO | None = None,
    read_too: bool = False,
) -> Source:
    """The source that one of the four names, else the one of policy, whose paths are relative to the inventory's
    folder. Raises BadInput where several are named, or none is anywhere, and what the source raises."""
    if sum((maildir is not None, mbox is not None, imap, stream is not None)) > 1:
        raise BadInput("Mail is taken from one place at a time.", "Give one of --maildir, --mbox, --imap and -.")
    if stream is not None:
        return OneMail(stream, mail.maximum_mb * 1_000_000)
    configured = mail.mailbox
    if imap:
        account = configured.imap if configured else None
        if account is None:
            raise BadInput(f"{KEY}.imap says no server.", "Write it into group_vars/all; the password vaulted.")
        return _imap(account, places, read_too=read_too)
    if maildir is None and mbox is None:
        if configured is None:
            raise BadInput(f"There is no {KEY}, and no mailbox is named.", "Give --maildir, --mbox, or - for one mail.")
        if configured.imap is not None:
            return _imap(configured.imap, places, read_too=read_too)
        maildir = places.folder / configured.maildir if configured.maildir else None
        mbox = places.folder / configured.mbox if configured.mbox else None
    if maildir is not None:
        return MaildirSource(maildir, read_too=read_too)
    assert mbox is not None  # policy's is exactly one of the three
    return MboxSource(mbox, places.mail / POSITIONS)


def _imap(account: Imap, places: Places, *, read_too: bool) -> Source:
    return ImapSource(account, places.folder, read_too=read_too)
