"""Good mails, cut off behind every byte, and mails as large as they may be."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass

GOOD = b"""Return-Path: <jane@acme.example>
Received: from mail.acme.example by mx.vendor.example; Tue, 24 Nov 2026 09:12:30 +0000
From: =?utf-8?q?Jane_D=C3=B6e?= <jane@acme.example>
To: support@vendor.example
Cc: "Ops, all" <ops@acme.example>
Subject: =?utf-8?B?S2VpbmUgQW5ydWZlIOKAkyBUcnVuayBkb3du?=
Message-ID: <good@acme.example>
References: <one@vendor.example>
 <two@vendor.example>
Date: Tue, 24 Nov 2026 10:12:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

This is a message in MIME.
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe! No calls=
 get through.

On Mon, the desk wrote:
> what do you see?
--inner
Content-Type: text/html; charset=utf-8

<html><body><p>Gr&uuml;&szlig;e! No calls get <a href="https://acme.example/">through</a>.</p></body></html>
--inner--
--outer
Content-Type: image/png; name*0*=utf-8''tr%C3%BC; name*1=nk.png
Content-Disposition: attachment; filename="trunk.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=
--outer--
"""
BOUNCE = b"""Return-Path: <>
From: MAILER-DAEMON@mx.acme.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822; jane@acme.example
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <letter@vendor.example>
Subject: [CS-000001] x

text
--b--
"""
HEAD = b"From: jane@acme.example\nSubject: x\nDate: Tue, 24 Nov 2026 10:12:00 +0100\n"


@dataclass(frozen=True, slots=True)
class Malformed:
    """One mail, and which kind of trouble it is."""

    kind: str
    raw: bytes


def cut_anywhere() -> Iterator[Malformed]:
    """Two good mails, cut off behind every byte."""
    for name, good in (("good", GOOD), ("bounce", BOUNCE)):
        for end in range(len(good)):
            yield Malformed(f"{name}-until-{end}", good[:end])


def largest() -> Iterator[Malformed]:
    """As large as policy lets a mail be by default (50 MB)."""
    size = 49_000_000
    lines = base64.encodebytes(random.Random(1).randbytes(30_000)) * (size // 41_000)
    yield Malformed("50 MB of base64", typed(b"application/zip", lines, b"base64"))
    yield Malformed("50 MB of quoted-printable", typed(b"text/plain", b"=3D" * (size // 3), b"quoted-printable"))
    yield Malformed("50 MB of text", HEAD + b"\n" + b"a \n" * (size // 3))
    yield Malformed("50 MB of page", typed(b"text/html", b"<!--" * (size // 4)))
    yield Malformed("50 MB of boundaries", multipart(b"-", b"\n---x" * (size // 5)))
    yield Malformed("50 MB of parts", multipart(b"b", b"--b\n\nx\n" * (size // 8)))
    yield Malformed("50 MB of headers", b"a: b\n" * (size // 5))
    yield Malformed("50 MB in one header", HEAD + b"X: " + b"=?utf-8?q?a?= " * (size // 14))
    yield Malformed("50 MB of line ends", HEAD + b"\n" * size)


def typed(kind: bytes, body: bytes, encoding: bytes = b"") -> bytes:
    """A mail of one part that says to be of that kind, with such an encoding."""
    extra = b"Content-Transfer-Encoding: " + encoding + b"\n" if encoding else b""
    return HEAD + b"MIME-Version: 1.0\nContent-Type: " + kind + b"\n" + extra + b"\n" + body


def multipart(boundary: bytes, body: bytes) -> bytes:
    """A mail that says to have parts."""
    return typed(b'multipart/mixed; boundary="' + boundary + b'"', body)
