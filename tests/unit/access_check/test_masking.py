"""What a system says back of our secrets is masked before it is judged; everything else stays as it was."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote_plus

import pytest

from access_check.escaping import shown
from access_check.masking import MASK, Masker, secrets_in
from access_check.observations import (
    Banner,
    Login,
    LoginObservation,
    Observations,
    Page,
    PageObservation,
    SshObservation,
)

SECRET = 'tiger & <"möwe"> /x\x07'
MASKER = Masker.of([SECRET, "hunter22", "abc"])


@pytest.mark.parametrize(
    "said",
    [
        "{}",
        "Welcome, {}!",
        "{} {}",
        "Authorization: {}, again {}",
    ],
)
@pytest.mark.parametrize(
    "spelling",
    [
        "hunter22",
        SECRET,
        shown(SECRET),
        quote_plus(SECRET),
        "tiger &amp; &lt;&quot;möwe&quot;&gt; /x\x07",
        base64.b64encode(SECRET.encode()).decode(),
        SECRET.encode().decode("latin-1"),
        SECRET.encode().decode("ascii", "replace"),
        SECRET.encode("latin-1").decode("utf-8", "replace"),
        'tiger & <\\"m\\u00c3\\u00b6we\\"> /x\\u0007',
    ],
)
def test_every_spelling_is_masked(said: str, spelling: str) -> None:
    masked = MASKER.text(said.replace("{}", spelling)).replace(MASK, "{}")
    assert masked.replace("=", "") == said


def test_a_secret_of_no_western_letters_is_masked_however_it_is_read() -> None:
    masker = Masker.of(["секрет"])
    assert masker.text("секрет: " + "секрет".encode().decode("latin-1")) == f"{MASK}: {MASK}"
    assert masker.text("??????") == "??????"


@pytest.mark.parametrize("said", ["", "hunter", "Hunter22", "abc", "tiger & hunter", "password", "x" * 300])
def test_everything_else_stays(said: str) -> None:
    assert MASKER.text(said) == said


@pytest.mark.parametrize("kept", [4, 6, 7])
@pytest.mark.parametrize("end", ["", "…"])
def test_half_a_secret_at_a_cut_is_masked(kept: int, end: str) -> None:
    assert MASKER.text("x" * 100 + "hunter22"[:kept] + end) == "x" * 100 + MASK + end


def test_short_secrets_are_left_alone() -> None:
    assert Masker.of(["", "x", "abc"]).text("abc x") == "abc x"


def test_words_of_the_protocol_are_told_whatever_the_password_is() -> None:
    masker = Masker.of(["password"])
    assert masker.seen(LoginObservation(Login.REFUSED, "password", ("publickey", "password"))).offered[1] == "password"


def test_observations_keep_their_shape() -> None:
    seen = Observations(
        ssh={22: SshObservation(22, Banner.SSH, "SSH-2.0-hunter22", received_bytes=7)},
        web={"gui": PageObservation(Page.ANSWERED, 200, server="hunter22", location="/?p=hunter22")},
    )
    masked = MASKER.seen(seen)
    assert masked.ssh[22] == SshObservation(22, Banner.SSH, f"SSH-2.0-{MASK}", received_bytes=7)
    assert masked.web["gui"] == PageObservation(Page.ANSWERED, 200, server=MASK, location=f"/?p={MASK}")
    assert Masker.of([]).seen(seen) is seen


def test_all_secrets_of_a_target_are_found(make_target: Any) -> None:
    target = make_target(wizard={"password": "wizard-1"}, api={"key": "api-1"})
    assert secrets_in(target) == ["correct horse", "secret", "wizard-1", "api-1"]
