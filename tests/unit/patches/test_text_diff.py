"""Strict unified diffs: what is applied, and everything that is refused where `patch` would guess."""

from __future__ import annotations

import pytest

from callout.patches.diff_text import diff_between
from callout.patches.text_diff import MAXIMUM_DIFF_BYTES, DiffError, apply_hunks, lines_of, read_diff

HEAD = b"--- a\n+++ b\n"
TEXT = b"one\ntwo\nthree\nfour\nfive\n"


def applied(text: bytes, body: bytes) -> bytes:
    return apply_hunks(text, read_diff(HEAD + body))


@pytest.mark.parametrize(
    ("text", "body", "result"),
    [
        (TEXT, b"@@ -2 +2 @@\n-two\n+2\n", b"one\n2\nthree\nfour\nfive\n"),
        (TEXT, b"@@ -1,3 +1,2 @@ section\n one\n-two\n three\n", b"one\nthree\nfour\nfive\n"),
        (TEXT, b"@@ -5,0 +6 @@\n+six\n", TEXT + b"six\n"),
        (TEXT, b"@@ -0,0 +1 @@\n+zero\n", b"zero\n" + TEXT),
        (TEXT, b"@@ -1 +0,0 @@\n-one\n@@ -5 +4 @@\n-five\n+5\n", b"two\nthree\nfour\n5\n"),
        (b"", b"@@ -0,0 +1,2 @@\n+a\n+b\n", b"a\nb\n"),
        (b"a\nb\n", b"@@ -1,2 +0,0 @@\n-a\n-b\n", b""),
        (b"a\r\nb\r\n", b"@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n", b"a\r\nc\r\n"),
        (b"a", b"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", b"a\n"),
        (b"a\n", b"@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", b"b"),
        (b"a\nb", b"@@ -1,2 +1,2 @@\n-a\n+A\n b\n\\ No newline at end of file\n", b"A\nb"),
        (b"-- a\n++ b\n", b"@@ -1,2 +1,2 @@\n--- a\n+--- c\n ++ b\n", b"--- c\n++ b\n"),
        (b"\xff\x0c\x0b\xe2\x80\xa8x\ry\n", b"@@ -1 +1 @@\n-\xff\x0c\x0b\xe2\x80\xa8x\ry\n+z\n", b"z\n"),
    ],
)
def test_applied_exactly(text, body, result):
    assert applied(text, body) == result


@pytest.mark.parametrize(
    ("text", "body", "sentence"),
    [
        (TEXT, b"@@ -3 +3 @@\n-two\n+2\n", "line 3 of the original is another one"),
        (b"zero\n" + TEXT, b"@@ -2 +2 @@\n-two\n+2\n", "does not fit"),
        (TEXT, b"@@ -1,3 +1,3 @@\n 0ne\n-two\n+2\n three\n", "line 1 of the original"),
        (TEXT.replace(b"two", b"two "), b"@@ -2 +2 @@\n-two\n+2\n", "does not fit"),
        (TEXT.replace(b"\n", b"\r\n"), b"@@ -2 +2 @@\n-two\n+2\n", "does not fit"),
        (TEXT, b"@@ -2 +3 @@\n-two\n+2\n", "would begin at line 2"),
        (TEXT, b"@@ -9 +9 @@\n-two\n+2\n", "goes to line 9, the original has 5"),
        (TEXT, b"@@ -7,0 +8 @@\n+x\n", "goes to line 7"),
        (TEXT, b"@@ -4 +4 @@\n-four\n+4\n@@ -2 +2 @@\n-two\n+2\n", "hunk 2 does not come after"),
        (TEXT, b"@@ -2,2 +2,2 @@\n-two\n+2\n three\n@@ -3 +3 @@\n-three\n+3\n", "hunk 2 does not come after"),
        (b"a", b"@@ -1 +1 @@\n-a\n+b\n", "does not fit"),
        (b"a\n", b"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n", "does not fit"),
        (b"a", b"@@ -1 +1,2 @@\n a\n\\ No newline at end of file\n+b\n", "would not be the last one"),
        (b"a\nb\n", b"@@ -1 +1 @@\n-a\n+A\n\\ No newline at end of file\n", "would not be the last one"),
        (b"a\0b\n", b"@@ -1 +1 @@\n-a\n+A\n", "no text"),
    ],
)
def test_what_does_not_fit_is_not_guessed(text, body, sentence):
    with pytest.raises(DiffError, match=sentence):
        applied(text, body)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"one\n",
        HEAD,
        HEAD[6:] + b"@@ -1 +1 @@\n-a\n+b\n",
        b"diff --git a/x b/x\n" + HEAD + b"@@ -1 +1 @@\n-a\n+b\n",
        b"Binary files a and b differ\n",
        HEAD + b"@@ -1 +1 @@\n-a\n+b",
        HEAD + b"@@ -1 +1 @@\n-a\n",
        HEAD + b"@@ -1 +1 @@\n-a\n+b\n+c\n",
        HEAD + b"@@ -1 +1 @@\n-a\n+b\n\n",
        HEAD + b"@@ -1 +1 @@\n-a\n+b\n--- c\n+++ d\n@@ -1 +1 @@\n-a\n+b\n",
        HEAD + b"@@ -1,2 +1,2 @@\n-a\n\n+b\n",
        HEAD + b"@@ -1 +1 @@\n a\n",
        HEAD + b"@@ -0,0 +0,0 @@\n",
        HEAD + b"@@ -0 +1 @@\n-a\n+b\n",
        HEAD + b"@@ -1 +1 @@\r\n-a\n+b\n",
        HEAD + b"@@ -1 +1 @@junk\n-a\n+b\n",
        HEAD + b"@@ -01x +1 @@\n-a\n+b\n",
        HEAD + b"@@ -1 +1 @@\n-a\n+b\n\\ Kein Zeilenumbruch am Dateiende.\n",
        HEAD + b"@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b\n",
        HEAD + b"@@ -1 +1 @@\n-a\0\n+b\n",
        HEAD + b"@@ -1 +1 @@\n-a\n+b\n" + b"x" * MAXIMUM_DIFF_BYTES,
        HEAD + b"@@ -999999999,999999999 +1 @@\n-a\n+b\n",
        HEAD + b"@@ -1,9999999999 +1 @@\n-a\n+b\n",
        b"*** a\n--- b\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
        b"1c1\n< a\n---\n> b\n",
    ],
    ids=range(26),
)
def test_what_is_no_strict_diff(raw):
    with pytest.raises(DiffError) as refused:
        apply_hunks(b"a\n", read_diff(raw))
    assert str(refused.value) and "\n" not in str(refused.value)


def test_lines_end_with_a_line_feed_only():
    assert lines_of(b"a\rb\x0b\x0cc\x85\n\nd") == [b"a\rb\x0b\x0cc\x85\n", b"\n", b"d"]
    assert lines_of(b"") == []
    assert lines_of(b"\n") == [b"\n"]


def test_written_as_diff_writes_it():
    told = diff_between(b"a\nb\nc\nd\ne\nf\ng\nh\ni\n", b"a\nb\nc\nd\nE\nf\ng\nh\ni", "x")
    assert told == (
        b"--- before/x\n+++ after/x\n@@ -2,8 +2,8 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n-i\n+i\n"
        b"\\ No newline at end of file\n"
    )


@pytest.mark.parametrize(("old", "new"), [(b"a", b"a"), (b"a\0", b"b"), (b"a", b"\0"), (b"", b"\n" * 50_001)])
def test_pairs_that_have_no_diff(old, new):
    with pytest.raises(DiffError):
        diff_between(old, new)
