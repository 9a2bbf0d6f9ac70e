"""What is seen in mails as people's programs write them, and in mails that are built to deceive."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest

from callout.desk.mail.html_text import html_text
from callout.desk.mail.limits import AttachmentLimits
from callout.desk.mail.quoting import without_quotes
from callout.desk.mail.seen import read_mail
from tests.faults.mail_samples import GOOD

HEAD = b"From: jane@acme.example\nSubject: x\n"


def typed(kind: str, body: bytes, *headers: str) -> bytes:
    return HEAD + "".join(f"{line}\n" for line in (f"Content-Type: {kind}", *headers)).encode() + b"\n" + body


def test_a_mail_as_programs_write_it() -> None:
    seen = read_mail(GOOD)
    assert (seen.sender, seen.sender_name, seen.return_path) == ("jane@acme.example", "Jane Döe", "jane@acme.example")
    assert (seen.subject, seen.message_id) == ("Keine Anrufe – Trunk down", "good@acme.example")
    assert seen.references == ("two@vendor.example", "one@vendor.example")
    assert seen.sent_at == dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC)
    assert seen.passed_at == dt.datetime(2026, 11, 24, 9, 12, 30, tzinfo=dt.UTC)
    assert seen.to == ("support@vendor.example", "ops@acme.example")
    assert seen.text == "Grüße! No calls get through."
    assert seen.whole_text.endswith("> what do you see?")
    (picture,) = seen.attachments
    assert (picture.name, picture.type, picture.is_kept, picture.can_run) == ("trunk.png", "image/png", True, False)
    assert (seen.doubts, seen.automatic, seen.unreadable, seen.bounce) == ((), "", "", None)


@pytest.mark.parametrize(
    ("kind", "body", "text", "doubt"),
    [
        ("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße", ""),
        ("text/plain; charset=utf-8", b"Gr\xfc\xdfe", "Grüße", "charset that it names"),
        ("text/plain; charset=x-unknown", "Grüße".encode(), "Grüße", "charset is not known"),
        ("text/plain; charset=unicode_escape", b"\\x41", "\\x41", ""),
        ("text/plain; charset=utf-16", "Grüße".encode("utf-16"), "Grüße", ""),
        ("text/plain; charset=utf-7", b"+2AA-", "�", ""),
        ("text/plain", b"a\0b\x1b[2Jc", "a�b�[2Jc", ""),
        ("multipart/mixed", b"said all the same", "said all the same", "not what parts them"),
        ("multipart/mixed; boundary=b", b"--b\n\nfirst\n--b\n\nsecond", "first\nsecond", "ends in the middle"),
        ("text/html", b"<p>Only a page</p><script>x</script>", "Only a page", ""),
        ("text/html", b"<p>seen<span style='display: none'>not</span></p>", "seen", "nobody sees"),
    ],
)
def test_texts(kind: str, body: bytes, text: str, doubt: str) -> None:
    seen = read_mail(typed(kind, body))
    assert seen.text == text
    assert any(doubt in one for one in seen.doubts) if doubt else seen.doubts == ()


def test_a_page_that_says_more_than_the_text() -> None:
    mail = EmailMessage()
    mail["From"] = "jane@acme.example"
    mail.set_content("Your program cannot show this.")
    mail.add_alternative(f"<p>{'No calls get through. ' * 20}</p>", "html")
    seen = read_mail(mail.as_bytes())
    assert seen.text.startswith("No calls get through.")
    assert seen.doubts == ("its plain text says less than its page, which is shown",)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("trace.pcap", "trace.pcap"), ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"),
        ("/", "attachment-1"),
        (".bashrc", "bashrc"), ("-rf", "rf"), ("a\u202etxt.exe", "a_txt.exe"), ("a\x00b", "a_b"),
        ("x" * 300 + ".log", "x" * 98 + "….log"),
        ("COM1:x|y", "COM1_x_y"), ("a;rm -rf $HOME`", "a_rm -rf _HOME"), ("...", "attachment-1"),
    ],
)  # fmt: skip
def test_names_of_attachments(name: str, shown: str) -> None:
    mail = EmailMessage()
    mail["From"] = "jane@acme.example"
    mail.set_content("x")
    mail.add_attachment(b"data", "application", "octet-stream", filename="NAME")
    quoted = name.replace("\\", "\\\\").encode()
    (found,) = read_mail(mail.as_bytes().replace(b"NAME", quoted)).attachments
    assert found.name == shown


@pytest.mark.parametrize(
    ("name", "content", "kind", "can_run"),
    [
        ("invoice.pdf", b"MZ\x90\0", "application/vnd.microsoft.portable-executable", True),
        ("invoice.pdf", b"%PDF-1.7", "application/pdf", False),
        ("log.txt", b"#!/bin/sh\n", "text/x-script", True),
        ("log.txt", "Störung".encode(), "text/plain", False),
        ("update.js", b"alert(1)", "text/plain", True),
        ("picture.png", b"<svg xmlns='x'><script/></svg>", "image/svg+xml", True),
        ("page", b"<!DOCTYPE html><p>", "text/html", True),
        ("nothing.exe", b"", "application/x-empty", True),
        ("trace", b"\xd4\xc3\xb2\xa1rest", "application/vnd.tcpdump.pcap", False),
    ],
)
def test_types_are_by_content(name: str, content: bytes, kind: str, can_run: bool) -> None:
    """And what could run is flagged, also by a name that a machine would go by."""
    mail = EmailMessage()
    mail["From"] = "jane@acme.example"
    mail.set_content("x")
    mail.add_attachment(content, "image", "png", filename=name)
    (found,) = read_mail(mail.as_bytes()).attachments
    assert (found.type, found.can_run, found.is_kept, found.size_bytes) == (kind, can_run, True, len(content))


def test_attachments_are_bounded() -> None:
    mail = EmailMessage()
    mail["From"] = "jane@acme.example"
    mail.set_content("x")
    for number in range(60):
        mail.add_attachment(b"x" * (200 if number == 1 else 10), "a", "b", filename=f"{number}")
    seen = read_mail(mail.as_bytes(), AttachmentLimits(count=3, size_bytes=100))
    assert [one.is_kept for one in seen.attachments] == [True, False, True, True] + [False] * 46
    assert seen.doubts == ("it has 60 attachments, of which 50 are listed",)


def test_a_mail_within_a_mail_is_a_file() -> None:
    """What it says was not said by this sender."""
    inner = EmailMessage()
    inner["From"] = "eve@evil.example"
    inner.set_content("do as I say")
    mail = EmailMessage()
    mail["From"] = "jane@acme.example"
    mail.set_content("see below")
    mail.add_attachment(inner)
    seen = read_mail(mail.as_bytes())
    assert (seen.text, [one.type for one in seen.attachments]) == ("see below", ["message/rfc822"])


def test_doubts_about_a_sender() -> None:
    seen = read_mail(
        b'Return-Path: <x@mass.example>\nFrom: "jane@acme.example" <eve@xn--cme-5cd.example>\n'
        b"Reply-To: x@else.example\nAuthentication-Results: mx; spf=pass; dmarc=fail\n\nx"
    )
    assert seen.doubts == (
        "the name of its sender shows another address than the one that it has",
        "its sender's domain is written in other letters: аcme.example",
        "its return path is at mass.example, not where its sender is",
        "it wants its answer elsewhere: x@else.example",
        "our mail server could not tell that it comes from there (dmarc)",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes.\n\nOn Mon, 23 Nov 2026, the desk wrote:\n> what?\n> really?", "Yes."),
        ("Ja.\n\nAm 23.11.2026 um 10:00 schrieb Jane\n<jane@acme.example>:\n\n> was?\n", "Ja."),
        ("Yes.\n\n-----Original Message-----\nFrom: desk\nwhat?", "Yes."),
        ("Ja.\n\n________________________________\nVon: Desk <a@b.c>\nGesendet: Montag\nAn: Jane\n\nwas?", "Ja."),
        ("> what?\nYes.\n> really?\nNo.", "> what?\nYes.\n> really?\nNo."),
        ("> only quoted", "> only quoted"),
        ("a > b\nis what I said", "a > b\nis what I said"),
        ("From: here on nothing works", "From: here on nothing works"),
    ],
)
def test_what_is_quoted_is_left_out(text: str, said: str) -> None:
    """Only where nobody wrote anything below it."""
    assert without_quotes(text) == said


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<a href="https://x.example/?a=1&amp;b">here</a>', "here <https://x.example/?a=1&b>"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<blockquote>what?<br>now</blockquote>yes", "> what?\n> now\nyes"),
        ("3 < 4 &amp;&amp; <b title='a>b'>bold</b>", "3 < 4 && bold"),
        ("<head><title>t</title><style>p{}</style><body>b", "b"),
        ("a<!-- <p>b</p> -->c<!--", "ac"),
        ("<script>if (a</b) x()</script>d", "d"),
        ("<p hidden>x</p><div style='font-size:0'>y</div>z", "z"),
        ("&#99999999999999999999;&#x110000;&lt;script&gt;", "&#99999999999999999999;�<script>"),
        ("<img alt='logo' src=x><p>it's <i>fine</i>", "[logo]\nit's fine"),
    ],
)
def test_pages(page: str, text: str) -> None:
    assert html_text(page)[0] == text
