"""The codec of observations: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from access_check.observations import (
    Banner,
    Handshake,
    HostKey,
    HostKeyObservation,
    Login,
    LoginObservation,
    NameObservation,
    Observations,
    Offer,
    Page,
    PageObservation,
    Reach,
    Resolution,
    Shell,
    ShellObservation,
    SshObservation,
    TcpObservation,
)
from access_check.observations_codec import LIMIT_BYTES, UnreadableObservations, dump, load

SSH = SshObservation(
    2020,
    Banner.SSH,
    "SSH-2.0-OpenSSH_9.9",
    Handshake.DONE,
    offer=Offer(("a",), ("b",), ("c",), ()),
    host_key=HostKeyObservation(HostKey.KNOWN, "ssh-ed25519", "SHA256:x", ("SHA256:x",), "AAAA"),
    login=LoginObservation(Login.ACCEPTED, "key", ("publickey",)),
    shell=ShellObservation(Shell.WORKS),
    received_bytes=1234,
)
WHOLE = Observations(
    name=NameObservation(Resolution.RESOLVED, ("127.0.0.1", "::1")),
    tcp={22: TcpObservation(22, Reach.OPEN), 2020: TcpObservation(2020, Reach.REFUSED, "Connection refused")},
    ssh={2020: SSH},
    web={"gui": PageObservation(Page.ANSWERED, 200, "nginx ä\N{ZERO WIDTH SPACE}")},
)


@pytest.mark.parametrize("seen", [Observations(), WHOLE, replace(WHOLE, name=None)])
def test_what_goes_in_comes_out(seen: Observations) -> None:
    assert load(dump(seen)) == seen


@pytest.mark.parametrize(
    ("encoded", "says"),
    [
        (b"", "all of it"),
        (b"\xff\xfe", "all of it"),
        (b'{"tcp": {"22": {"port": 22, "reach": "wide open"}}}', "tcp.22.reach"),
        (b'{"tcp": {"two": {"port": 22, "reach": "open"}}}', "tcp.two"),
        (b'["no mapping"]', "all of it"),
        (b" " * (LIMIT_BYTES + 1), "bytes"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(encoded: bytes, says: str) -> None:
    with pytest.raises(UnreadableObservations, match=says) as refused:
        load(encoded)
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 400


def test_too_much_is_not_written_either() -> None:
    with pytest.raises(UnreadableObservations):
        dump(replace(WHOLE, ssh={2020: replace(SSH, banner_text="x" * LIMIT_BYTES)}))
