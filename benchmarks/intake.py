"""Claims: 200 mails a second are taken in, with 100,000 mails in the ledger before them.

The peers: five milliseconds a mail, and a loop that parses the same Maildir with the standard library and keeps
nothing. Whole commands, with the start of each taken off as it is measured on an empty Maildir. The index of mails is
there: it is made once per ledger, which is told by itself. CALLOUT_BENCH_LEDGERS names a folder that keeps the ledger.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from benchmarks.pairs import Ratio
from callout.ledger import Draft, open_ledger
from callout.ledger.event import Row, format_utc
from callout.ledger.rows import EMPTY, rows_after

EARLIER, MAILS, ROUNDS, CUSTOMERS, SENDERS = 100_000, 1000, 3, 20, 500
FIVE_MS = 5.0
SET_ASIDE = 4
STARTED = dt.datetime.now(dt.UTC).replace(microsecond=0)
PEER = """
import email, email.policy, mailbox, sys
seen = 0
for key, mail in mailbox.Maildir(sys.argv[1], create=False).iteritems():
    parsed = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    said = parsed["From"], parsed["Subject"], parsed["Message-ID"], parsed["References"], parsed["Date"]
    body = parsed.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    seen += sum(len(part.get_payload(decode=True) or b"") for part in parsed.iter_attachments())
print(seen)
"""


def measure() -> list[Ratio]:
    """Milliseconds for each mail, medians of rounds in turn; each round has mails of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        site = _Site(Path(temporary))
        began = time.perf_counter()
        site.run(0)
        first_ms = 1000 * (time.perf_counter() - began)
        rounds = [site.round(number) for number in range(ROUNDS)]
    ours, peer = (sorted(figures)[ROUNDS // 2] for figures in zip(*rounds, strict=True))
    return [
        Ratio("intake of a mail / 5 ms (200 a second), 100,000 mails before", "wall", ours, FIVE_MS, 1),
        Ratio("intake of a mail / mailbox and email parse it, keep nothing", "wall", ours, peer, 3),
        Ratio("the first intake of a ledger of 100,000 mails / 60 s", "wall", first_ms, 60_000, 1),
    ]


class _Site:
    """An inventory of 20 customers with 25 registered addresses each, its ledger, and a Maildir."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.inventory = folder, folder / "inventory"
        kept = Path(os.environ.get("CALLOUT_BENCH_LEDGERS", folder)) / f"mails-{EARLIER}.sqlite"
        if not kept.exists():
            _make_ledger(kept)
        self.ledger = folder / "ledger.sqlite"
        shutil.copyfile(kept, self.ledger)
        _make_inventory(self.inventory)

    def round(self, number: int) -> tuple[float, float]:
        """Milliseconds for each mail: ours, and the peer's."""
        maildir = _maildir(self.folder / f"round{number}", _mails(number))
        peer = [sys.executable, "-c", PEER]
        began = time.perf_counter()
        subprocess.run([*peer, str(maildir)], check=True, stdout=subprocess.DEVNULL)
        parsed = time.perf_counter()
        subprocess.run([*peer, str(_maildir(self.folder / "empty", ()))], check=True, stdout=subprocess.DEVNULL)
        peer_start = time.perf_counter() - parsed
        before = time.perf_counter()
        self.run(0)
        start = time.perf_counter() - before
        ours = time.perf_counter()
        self.run(SET_ASIDE, maildir)
        took = time.perf_counter() - ours
        left = len(list((maildir / "new").iterdir()))
        if left:
            raise RuntimeError(f"{left} mails were not taken in")
        return 1000 * (took - start) / MAILS, 1000 * (parsed - began - peer_start) / MAILS

    def run(self, ended_with: int, maildir: Path | None = None) -> None:
        """The whole command; on an empty Maildir where none is named."""
        place = maildir or _maildir(self.folder / "empty", ())
        callout = str(Path(sys.executable).with_name("callout"))
        words = [callout, "case", "intake", "--maildir", str(place), "-i", str(self.inventory)]
        environment = os.environ | {"CALLOUT_LEDGER": f"sqlite:///{self.ledger}"}
        done = subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        if done.returncode != ended_with:
            raise RuntimeError(f"{words}: {done.returncode}: {done.stderr.decode()[-500:]}")


def _maildir(folder: Path, mails: Iterator[bytes] | tuple[bytes, ...]) -> Path:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(mails):
        (folder / "new" / f"{STARTED.timestamp():.0f}.{number:06}.host").write_bytes(raw)
    return folder


def _sender(number: int) -> str:
    return f"person{number % SENDERS}@customer{number % CUSTOMERS}.example"


def _mails(number: int) -> Iterator[bytes]:
    """As they come: half of them answers, pages beside the text, some with a picture, some advertising."""
    chance = random.Random(number)
    words = [chance.randbytes(chance.randint(1, 5)).hex() for _ in range(500)]
    for count in range(MAILS):
        text = "\n".join(" ".join(chance.choices(words, k=12)) for _ in range(chance.randint(3, 40)))
        mail = EmailMessage()
        mail["Return-Path"] = f"<{_sender(count)}>"
        for hop in range(4):
            mail.add_header("Received", f"from mx{hop}.example by mx{hop + 1}.example; {format_datetime(STARTED)}")
        mail["From"] = f"Jané Person {count} <{'spam@evil.example' if count % 50 == 7 else _sender(count)}>"
        mail["To"] = "Support <support@vendor.example>"
        mail["Subject"] = f"Störung {count}: {' '.join(chance.choices(words, k=5))}"
        mail["Message-ID"] = f"<{number}.{count}@customer.example>"
        mail["Date"] = format_datetime(STARTED)
        if count % 2:
            earlier = count % CUSTOMERS + CUSTOMERS * chance.randrange(EARLIER // CUSTOMERS // 2)
            mail["In-Reply-To"] = f"<earlier{earlier}@customer.example>"
            text += "\n\nOn Monday, the desk wrote:\n" + "\n".join(f"> {line}" for line in text.splitlines())
        mail.set_content(text)
        if count % 5 < 3:
            page = "".join(f"<p style='margin:0'>{line}<br></p>" for line in text.splitlines())
            mail.add_alternative(
                f"<html><head><style>{'p{x:y}' * 800}</style></head><body>{page}</body></html>", "html"
            )
        if count % 5 == 4:
            mail.add_attachment(chance.randbytes(chance.randint(20_000, 300_000)), "image", "png", filename="bild.png")
        yield mail.as_bytes()


def _earlier(number: int) -> tuple[Draft, ...]:
    """A mail that opened a case, or said something in one, in the past half year."""
    at = STARTED - dt.timedelta(seconds=60 * (EARLIER - number) + 7200)
    customer, sender = f"customer{number % CUSTOMERS}", _sender(number)
    opens = number < EARLIER // 2
    case = "NEW:x" if opens else f"CS-{number - EARLIER // 2 + 1:06}"
    mail = hashlib.sha256(b"%d" % number).hexdigest()
    text = f"No calls since {number} o'clock.\n" * 30
    said = {"case": case, "channel": "email", "sender": sender, "text": text, "mail": mail}
    received = {
        "case": case, "mail": mail, "bytes": 2000, "message_id": f"earlier{number}@customer.example", "references": [],
        "sender": sender, "to": ["support@vendor.example"], "subject": "No calls", "sent_at": format_utc(at),
        "received_at": format_utc(at), "verdict": "opened" if opens else "threaded", "why": "registered", "text": text,
        "attachments": [], "doubts": [], "twin": hashlib.sha256(mail.encode()).hexdigest(), "source": "maildir:x",
    }  # fmt: skip
    opening = {
        **said,
        "subject": "No calls",
        "priority": "normal",
        "mode": "",
        "entitlement": {},
        "rules": {},
        "ticket": "",
    }
    body = opening if opens else {**said, "answers": True}
    kind = "case_opened" if opens else "case_heard"
    return Draft("mail_received", at, "x", customer, body=received), Draft(kind, at, "x", customer, body=body)


def _make_ledger(path: Path) -> None:
    def rows() -> Iterator[Row]:
        head, names = EMPTY, (str(uuid.uuid5(uuid.NAMESPACE_OID, f"mail{count}")) for count in itertools.count())
        for number in range(EARLIER):
            made = rows_after(
                head, _earlier(number), number=str, cases=lambda number=number: number,
                identifier=names.__next__, now=lambda: STARTED,
            )  # fmt: skip
            head = (made[-1]["seq"], made[-1]["hash"])
            yield from made

    with closing(open_ledger(f"sqlite:///{path}", lambda: STARTED)) as ledger:
        ledger.fill(rows())


def _make_inventory(folder: Path) -> None:
    (folder / "group_vars").mkdir(parents=True)
    hosts = "".join(
        f"    customer{number}:\n      hosts: {{customer{number}-pbx1: {{ansible_host: 192.0.2.{number + 1}}}}}\n"
        for number in range(CUSTOMERS)
    )
    (folder / "hosts.yml").write_text(f"all:\n  vars:\n    callout_system: {{product: pbxware}}\n  children:\n{hosts}")
    for number in range(CUSTOMERS):
        addresses = ", ".join(_sender(one) for one in range(number, SENDERS, CUSTOMERS))
        (folder / "group_vars" / f"customer{number}.yml").write_text(
            f"callout_customer:\n  id: customer{number}\n  name: Customer {number}\n  contract: support\n"
            f"  registered_addresses: [{addresses}]\n  time_zone: Europe/Vienna\n  currency: EUR\n"
        )
