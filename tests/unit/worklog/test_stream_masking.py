"""Our secrets never come through, however they are cut, coloured, wrapped or spelled; everything else does."""

from __future__ import annotations

import base64
import json
import re
import time
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access_check.masking import MASK
from callout.worklog.stream_masking import HELD_CHARACTERS, StreamMasker

SECRETS = ("s3cr3t-Pässword!", "hunter22", "Ap1/Key+x=", "aaaaab", "ends \\with'quote")
BETWEEN = st.sampled_from(
    ["", "", "", "\x1b[1m", "\x1b[38;5;1m", "\x1b]0;title\x07", " \r", "\r\n", "\n", "\x1b(B", "\x07"]
)
ORDINARY = st.text(alphabet="abcdefghs3hunt \r\n\x1b[]0;m\x07/=", max_size=30)


def through(text: str, cuts: list[int]) -> str:
    masker, told, before = StreamMasker(SECRETS), [], 0
    for cut in sorted(cut % (len(text) + 1) for cut in cuts):
        told.append(masker.text(text[before:cut]))
        before = cut
    return "".join([*told, masker.text(text[before:]), masker.rest()])


def seen(text: str) -> str:
    """What a terminal shows of it."""
    return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b\(B| \r|[\x00-\x1f]", "", text)


@given(st.sampled_from(SECRETS), st.data(), ORDINARY, ORDINARY, st.lists(st.integers(0, 400), max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_secret_never_comes_through(
    secret: str, data: st.DataObject, before: str, after: str, cuts: list[int]
) -> None:
    dressed = "".join(character + data.draw(BETWEEN) for character in secret)
    told = through(before + "\x1b[0m" + dressed + after, cuts)
    assert secret not in told
    assert secret not in seen(told)


@given(ORDINARY, st.lists(st.integers(0, 400), max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_is_no_secret_comes_through_as_it_is(text: str, cuts: list[int]) -> None:
    told = through(text, cuts)
    if MASK not in told:
        assert told == text


@pytest.mark.parametrize(
    "spelled",
    [
        quote(SECRETS[2], safe=""), base64.b64encode(SECRETS[0].encode()).decode().rstrip("="),
        json.dumps(SECRETS[4])[1:-1],
        SECRETS[0].encode("latin-1").decode("utf-8", "replace"),
    ],
)  # fmt: skip
def test_other_spellings_are_masked_too(spelled: str) -> None:
    assert through(f"x {spelled} y", list(range(0, 60, 3))) == f"x {MASK} y"


def test_the_beginning_of_a_secret_at_the_end_is_masked_where_it_tells_something() -> None:
    assert through("password: hunter2", []) == f"password: {MASK}"
    assert through("# hun", []) == "# hun"
    assert through("aaaaaaab", [2, 4, 5]) == f"aa{MASK}"


def test_a_secret_in_a_window_title_is_masked() -> None:
    assert through("\x1b]0;hunter22\x07$ ", [3, 8, 11]) == f"\x1b]0;{MASK}\x07$ "


def test_nothing_is_held_back_without_end_and_a_prompt_not_at_all() -> None:
    masker = StreamMasker(SECRETS)
    assert masker.text("root@pbx:~# ") == "root@pbx:~# "
    held = masker.text("hunter2" + "\x1b[1m" * HELD_CHARACTERS)
    assert "hunter2" not in held
    assert len(held) >= len(MASK)
    assert masker.text("\x1b]" + "x" * HELD_CHARACTERS) + masker.text("y") + masker.rest()


def test_without_secrets_nothing_is_touched() -> None:
    assert StreamMasker([]).text("hunt\x1b[") == "hunt\x1b["


def test_a_flood_costs_little() -> None:
    """Ten megabytes: under a second on an idle machine; here only that it is not seconds for each."""
    masker, piece = StreamMasker(SECRETS), ("drwxr-xr-x 2 root root \x1b[1;34mfile\x1b[0m\r\n" * 1500)
    began = time.process_time()
    for _ in range(32):
        masker.text(piece)
    assert time.process_time() - began < 5
