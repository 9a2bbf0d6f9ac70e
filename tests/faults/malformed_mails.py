"""Malformed mails by seed: whatever a mail can do to whoever reads it. Equal seeds give equal bytes."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator

from tests.faults.mail_samples import BOUNCE, GOOD, HEAD, Malformed, multipart, typed

MEBIBYTE = 1024 * 1024
MOST_BYTES = 8 * MEBIBYTE
_CHARSETS = (
    b"idna", b"punycode", b"unicode_escape", b"raw_unicode_escape", b"zlib", b"bz2", b"hex", b"rot13", b"undefined",
    b"utf-16", b"utf-16-le", b"utf-32", b"utf-7", b"iso-2022-jp", b"hz", b"x-unknown", b"", b"../../etc/passwd",
    b"mbcs",
    b"utf-8\0", b"a" * 5000, "ü".encode(), b'"', b"''", b"cp65001", b"string_escape", b"oem", b"utf-8-sig", b"gb18030",
)  # fmt: skip
_NOISE = (
    b"<", b">", b'"', b"(", b")", b"\\", b",", b";", b":", b"=?", b"?=", b"\0", b"\r", b"\n", b"\xff", b"*", b"'",
    b"%", b"@",
    b"&#", b"--", b" ", b"\t", b"=", b"\x80", b"\xed\xa0\x80", b"[", b"]", b"\x1b[2J", b"{{7*7}}", b"From ",
)  # fmt: skip


def malformed_mails(count: int, first: int = 0) -> Iterator[Malformed]:
    """So many mails; the kinds take turns, and are never the same twice."""
    kinds = list(_KINDS.items())
    for seed in range(first, first + count):
        name, made = kinds[seed % len(kinds)]
        yield Malformed(f"{name}-{seed}", made(random.Random(seed))[:MOST_BYTES])


def _many(chance: random.Random, most: int = 20_000) -> int:
    return round(most ** chance.random())


def _noise(chance: random.Random, most: int = 3000) -> bytes:
    words = [
        chance.choice(_NOISE) if chance.random() < 0.8 else chance.randbytes(3) for _ in range(_many(chance, most))
    ]
    return b"".join(words) if chance.random() < 0.5 else chance.choice(_NOISE) * _many(chance, 10 * most)


def _nested(chance: random.Random) -> bytes:
    depth = _many(chance, 5000)
    same = chance.random() < 0.4
    names = [b"b" if same else b"b%d" % number for number in range(depth)]
    opening = b"".join(b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n' % (name, name) for name in names)
    closing = b"".join(b"--%s--\n" % name for name in reversed(names)) if chance.random() < 0.5 else b""
    return HEAD + opening + b"\ndeep\n" * _many(chance, 1000) + closing


def _mails_in_mails(chance: random.Random) -> bytes:
    kind = chance.choice([b"message/rfc822", b"message/partial", b"message/external-body", b"message/global"])
    return HEAD + (b"Content-Type: " + kind + b"\n\nFrom: a@b.c\n") * _many(chance) + b"\nx"


def _parts(chance: random.Random) -> bytes:
    part = chance.choice([b"--b\n", b"--b\n\n", b"--b\nContent-Type: text/html\n\n<p>x", b"--b\n" + _noise(chance, 50)])
    return multipart(b"b", (part + b"\n") * _many(chance, 50_000) + chance.choice([b"", b"--b--", b"--b", b"--b-"]))


def _boundaries(chance: random.Random) -> bytes:
    wanted = chance.choice(
        [b"", b" ", b"-", b"--", b"b" * 5000, b"(.*)+$", b"b b ", _noise(chance, 20), b"\xff\xfe", b"b"]
    )
    body = b"".join(
        chance.choice([b"--", b"\n--", b"\r--", b"\n", b"x"]) + wanted[:100] + chance.choice([b"", b"--", b"x", b"\n"])
        for _ in range(_many(chance, 5000))
    )
    kind = chance.choice(
        [b"multipart/mixed", b"multipart/alternative", b"multipart/", b"MULTIPART/digest", b"multipart/report"]
    )
    return typed(kind + b"; boundary=" + chance.choice([b'"%s"' % wanted, wanted, b'"' + wanted]), body)


def _charsets(chance: random.Random) -> bytes:
    body = chance.choice(
        [chance.randbytes(_many(chance, MEBIBYTE)), _noise(chance), b"+2ADcAA-", b"xn--" + b"a" * 50_000]
    )
    kind = b"text/" + chance.choice([b"plain", b"html"]) + b"; charset=" + chance.choice(_CHARSETS)
    encoding = chance.choice(
        [b"", b"8bit", b"base64", b"quoted-printable", b"x-uuencode", b"binary", b"7bit", _noise(chance, 5)]
    )
    return typed(kind, base64.b64encode(body) if encoding == b"base64" else body, encoding)


def _headers(chance: random.Random) -> bytes:
    block = chance.choice([
        b"X: y\n", b"X: y\n z\n", b" z\n", b":\n", b"no colon\n", b"\xff\xfe: \xe4\n", b"X\0: \0\n", b"X: y\r",
        b"From: a@b.c\n",
        b"X:" + _noise(chance, 100) + b"\n", b"Content-Type: text/plain\n",
        b"Subject: " + _noise(chance, 500) + b"\n", b"\t\n",
    ])  # fmt: skip
    return (
        (HEAD if chance.random() < 0.5 else b"")
        + block * _many(chance, 50_000)
        + chance.choice([b"", b"\n", b"\nbody"])
    )


def _words(chance: random.Random) -> bytes:
    charset = chance.choice([*_CHARSETS, b"utf-8", b"utf-8*en", b"iso-8859-1"])
    text = chance.choice(
        [b"a", b"=", b"=E", b"=ED=A0=80", b"=00", b"====", b"2A", base64.b64encode(chance.randbytes(30)), b"?"]
    )
    word = b"=?" + charset[:60] + b"?" + chance.choice([b"q", b"B", b"x", b""]) + b"?" + text + b"?="
    value = (word + chance.choice([b"", b" ", b"\n ", b"\t"])) * _many(chance)
    name = chance.choice([b"Subject", b"From", b"To", b"Message-ID", b"Content-Type", b"Content-Disposition"])
    return name + b": " + value + b"\n" + HEAD + b"\nx"


def _parameters(chance: random.Random) -> bytes:
    one = chance.choice([
        b"; name*%d=a", b"; name*%d*=%%41", b"; name*99999999999999=%d", b"; name*0*='%d", b"; name=%d",
        b'; name="%d\\', b"; =%d",
        b"; *=%d", b"; name**=%d", b"; name*0*=utf-16''%%d8%%00%d", b";%d", b"; filename*=idna''%d", b'; "%d',
        b"; boundary*%d=x",
    ])  # fmt: skip
    count = _many(chance)
    value = b"".join(one % chance.choice([number, 0, 7]) for number in range(count))
    name = chance.choice(
        [b"Content-Type: multipart/mixed", b"Content-Disposition: attachment", b"Content-Type: text/plain"]
    )
    return HEAD + name + value + b"\n\n--x\n\nbody\n--x--\n"


def _addresses(chance: random.Random) -> bytes:
    one = chance.choice([
        b"a@b.c, ", b"((((", b'"a', b"<<<", b"a@b.c (x) ", b"g:a@b.c;", b"g:g:", b"a@[1.2.3.4], ", b"@b,@c:a@b.c, ",
        b"a@" + b"b." * 500,
        "ä@ö.ü, ".encode(), b"xn--@xn--.xn--, ", b"a@xn--" + b"9" * 60 + b".c, ",
        _noise(chance, 20), b"\xff@\xff.\xff, ",
    ])  # fmt: skip
    name = chance.choice([b"From", b"To", b"Cc", b"Return-Path", b"Sender", b"X-Failed-Recipients"])
    return name + b": " + one * _many(chance) + b"\n" + (HEAD if chance.random() < 0.5 else b"") + b"\nx"


def _pages(chance: random.Random) -> bytes:
    one = chance.choice([
        b"<!--", b"<", b"<a ", b"<a href='", b'<a href="x>', b"<div>", b"</div>", b"<div style='display:none'>",
        b"<script>", b"<!",
        b"&#99999999999999999999;", b"&#x" + b"f" * 5000 + b";", b"&lt", b"<style><!--", b"<?", b"<![CDATA[",
        b"<p hidden>", b"<head>",
        b"<blockquote>", b"<img alt='" + b"x" * 5000 + b"'>", b"<a/a/a/a>", b"<a" + b" b" * 5000,
        b"<table><tr><td>", b"<x =\"'\">",
        b"&" + b"a" * 40, _noise(chance, 30), b"<a b='>", b'a"', b"<svg><title>",
    ])  # fmt: skip
    return typed(b"text/html; charset=utf-8", one * _many(chance, 60_000))


def _encodings(chance: random.Random) -> bytes:
    body = chance.choice([
        b"=" * _many(chance, 500_000), b"A" * _many(chance, 500_000), b"=\n" * _many(chance), b"=3" * _many(chance),
        b"=3D" * 400_000,
        base64.b64encode(chance.randbytes(_many(chance, MEBIBYTE))), b"====AAAA" * _many(chance),
        b"\xff" * _many(chance),
        b"begin 644 x\nM" + b"x" * 60_000, chance.randbytes(_many(chance, MEBIBYTE)), b"A\n" * _many(chance, 200_000),
    ])  # fmt: skip
    encoding = chance.choice(
        [b"base64", b"quoted-printable", b"x-uuencode", b"BASE64 ", b"base64;x", b"gzip", b"=?utf-8?q?base64?="]
    )
    return typed(
        chance.choice([b"text/plain", b"application/zip; name=x.zip", b"image/png", b"text/html"]), body, encoding
    )


def _dates(chance: random.Random) -> bytes:
    said = chance.choice([
        b"Tue, 99 Nov 99999 99:99:99 +9999", b"0", b"1 Jan 0001 00:00:00 +2359", b"31 Dec 9999 23:59:59 -2359",
        b"Tue,", b"1 1 1", b"-",
        b"Tue, 24 Nov 2026 10:12:00 " + b"9" * 5000, b"24 Nov 2026 10", b"1e999",
        "٢٤ Nov 2026 10:12:00 +0000".encode(), b"(" * 5000,
        _noise(chance, 30), b"Tue, 24 Nov -2026 10:12:00 +0000", b"24 Nov 69 25:61:61 EST",
        b"Tue, 24 Nov 2026 10:12:00 +00000001",
    ])  # fmt: skip
    return b"From: jane@acme.example\nDate: " + said + b"\nReceived: x; " + said + b"\n\nx %d" % chance.getrandbits(32)


def _identifiers(chance: random.Random) -> bytes:
    one = chance.choice(
        [
            b"<a@b> ",
            b"<",
            b"<" + b"a" * 5000 + b"> ",
            b"<\xff@\xff> ",
            b"<a b> ",
            b"<<a@b>> ",
            b"<\0@b> ",
            b"<=?utf-8?q?x?=> ",
        ]
    )
    name = chance.choice([b"References", b"In-Reply-To", b"Message-ID", b"List-Id", b"X-Loop"])
    return HEAD + name + b": " + one * _many(chance) + b"\n\nx"


def _bounces(chance: random.Random) -> bytes:
    field = chance.choice(
        [b"Final-Recipient: rfc822; " + _noise(chance, 30) + b"\n", b"\n", b"Action: failed\n", b"Message-ID: <x@y>\n"]
    )
    spoilt = BOUNCE.replace(b"Action: failed\n", field * _many(chance, 50_000))
    return spoilt if chance.random() < 0.5 else spoilt.replace(b"message/rfc822", b"message/delivery-status")


def _flipped(chance: random.Random) -> bytes:
    good = bytearray(chance.choice([GOOD, BOUNCE]))
    for _ in range(_many(chance, 60)):
        good[chance.randrange(len(good))] = chance.choice([chance.randrange(256), 10, 13, 0, 34, 61, 45])
    return bytes(good)


def _spliced(chance: random.Random) -> bytes:
    good = chance.choice([GOOD, BOUNCE])
    for _ in range(chance.randint(1, 4)):
        at, end = sorted((chance.randrange(len(good)), chance.randrange(len(good))))
        good = (
            good[:at] + chance.choice([_noise(chance, 300), good[at:end] * 3, b"", chance.randbytes(200)]) + good[end:]
        )
    return good


def _garbage(chance: random.Random) -> bytes:
    return chance.choice(
        [chance.randbytes(_many(chance, MEBIBYTE)), _noise(chance), b"\n" * _many(chance), b"\0" * _many(chance)]
    )


def _texts(chance: random.Random) -> bytes:
    line = chance.choice([
        b"> ", b">" * 500 + b"\n", b"From: a\nSent: b\n", b"On a wrote:\n", b"On " + b"wrote " * 90 + b"\n",
        b"-----Original Message-----\n",
        b"a\n", b"\r", b"\x1b]0;x\x07", b"_" * 500 + b"\n", b"\xe2\x80\xa8", b"\xc2\x85",
        b"von: " + b"a" * 290 + b"\n", b"\xe2\x80\xae",
    ])  # fmt: skip
    return typed(b"text/plain; charset=utf-8", line * _many(chance, 200_000))


_KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "nested": _nested, "mails in mails": _mails_in_mails, "parts": _parts, "boundaries": _boundaries,
    "charsets": _charsets,
    "headers": _headers, "encoded words": _words, "parameters": _parameters, "addresses": _addresses, "pages": _pages,
    "encodings": _encodings, "dates": _dates, "identifiers": _identifiers, "bounces": _bounces, "flipped": _flipped,
    "spliced": _spliced, "garbage": _garbage, "texts": _texts,
}  # fmt: skip
