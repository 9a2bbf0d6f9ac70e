"""Evidence: the same findings again in the office, nothing of whose system it is, no credential, hostile files."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import json
import typing
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access_check.escaping import shown
from access_check.evidence.pseudonyms import Pseudonyms
from access_check.evidence.record import Evidence, NoEvidence, decode, encode, judged, parsed
from access_check.evidence.redaction import TEXTS, _kept, kept_observations, kept_target
from access_check.findings import Finding
from access_check.observations import (
    Banner,
    HostKey,
    HostKeyObservation,
    Login,
    LoginObservation,
    NameObservation,
    Observations,
    Obstacle,
    Reach,
    Resolution,
    TcpObservation,
)
from access_check.profile import access_profile
from access_check.targets import Target, as_of
from tests.unit.access_check.test_verdicts import PAGE, SSH, WELL

AT = dt.datetime(2026, 11, 23, 4, 5, 6, 123456, dt.UTC)
BY = Pseudonyms(bytes(32))
SECRETS = {
    "password": "canary-ssh-4711",
    "gui": {"user": "admin", "password": "canary-gui-4712"},
    "wizard": {"password": "canary-wizard\x074713"},
    "api": {"key": "canary-api-4714"},
}
SAID = ("canary-ssh-4711", "canary-gui-4712", "4713", "canary-api-4714")
MAPPED = replace(WELL, name=NameObservation(Resolution.RESOLVED, ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.4.4")))
LOOKS = {
    "well": WELL,
    "two families": MAPPED,
    "private as well": replace(WELL, name=NameObservation(Resolution.RESOLVED, ("8.8.8.8", "100.64.0.1"))),
    "no such name": Observations(name=NameObservation(Resolution.FAILED, detail="Name or service not known")),
    "silent": Observations(WELL.name, {port: TcpObservation(port, Reach.TIMEOUT) for port in WELL.tcp}),
    "not ssh": replace(WELL, ssh={2020: replace(SSH, banner=Banner.NOT_SSH, banner_text="220 mail.globex.example")}),
    "changed key": replace(
        WELL,
        ssh={
            2020: replace(
                SSH,
                host_key=HostKeyObservation(HostKey.CHANGED, "ssh-rsa", "SHA256:abc", ("SHA256:def",), "AAAA"),
                login=None,
                shell=None,
            )
        },
    ),
    "refused": replace(
        WELL,
        ssh={2020: replace(SSH, login=LoginObservation(Login.REFUSED, "password", ("password",)), shell=None)},
    ),
    "moved": replace(WELL, web={"wizard": replace(PAGE, status=404, location="https://globex.example/")}),
}


@pytest.fixture
def target(make_target: Any) -> Target:
    waivers = {
        "tcp@81": "Globex wants it so",
        "web": {"reason": "until moved", "ticket": "T1", "expires": "2026-11-30"},
    }
    made: Target = make_target(
        2020,
        address="pbx.globex.example",
        name="globex-pbx1",
        waivers={},
        waivers_on_file=waivers,
        profile=access_profile("pbxware").model_dump(),
        connection_arguments=("-o", "ProxyCommand=nc -X canary-ssh-4711"),
        private_key="/home/engineer/globex.key",
        **SECRETS,
    )
    return made


def as_codes(one: Finding) -> tuple[str, ...]:
    return one.check, one.status, one.code, one.move


def again(target: Target, seen: Observations, by: Pseudonyms | None) -> Evidence:
    """The look, kept and read again."""
    kept = Evidence(
        "0.1.0",
        AT,
        "198.51.100.7",
        by.name if by else "",
        kept_target(target, by),
        kept_observations(seen, target, by),
    )
    return decode(parsed(encode(kept), "look.json"), "look.json")


@pytest.mark.parametrize("name", LOOKS)
def test_in_full_the_findings_are_the_same_ones(target: Target, name: str) -> None:
    printed = judged(Evidence("", AT, "", "", target, LOOKS[name]))
    assert judged(again(target, LOOKS[name], None)) == printed


@pytest.mark.parametrize("name", LOOKS)
def test_redacted_the_codes_are_the_same_ones(target: Target, name: str) -> None:
    printed = judged(Evidence("", AT, "", "", target, LOOKS[name]))
    redacted = again(target, LOOKS[name], BY)
    assert [as_codes(one) for one in judged(redacted)] == [as_codes(one) for one in printed]
    text = encode(redacted).decode()
    for secret in ("globex.example", "8.8.8.8", "2606:4700", "SHA256:abc", "wants it so", "engineer"):
        assert secret not in text


def filled(kind: Any, place: str, said: Any) -> Any:
    """A value of the annotated type with `said(place)` in every text of it, however deep."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return (filled(inside[0], place, said),)
    if origin in (Mapping, dict) or origin is typing.get_origin(Mapping[str, str]):
        return {7 if inside[0] is int else "one": filled(inside[1], place, said)}
    if inside:
        return filled(next(one for one in inside if one is not type(None)), place, said)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        parts = {one.name: hints[one.name] for one in dataclasses.fields(kind) if one.init}
        return kind(**{name: filled(hint, f"{kind.__name__}.{name}", said) for name, hint in parts.items()})
    if issubclass(kind, Enum):
        return next(iter(kind))
    values: dict[Any, Any] = {str: None, int: 1, bool: True, float: 1.0, dt.datetime: AT, dt.date: AT.date()}
    return said(place) if kind is str else values[kind]


def test_no_text_that_nobody_has_thought_about_is_kept(target: Target) -> None:
    seen = filled(Observations, "", lambda place: f"Globex {place} globex-canary")
    kept = kept_observations(seen, target, BY)
    exempt = {place for place, rule in TEXTS.items() if rule is _kept}
    told: dict[str, str] = {}
    filled_places: list[str] = []
    filled(Observations, "", lambda place: filled_places.append(place) or place)

    def look(value: Any, place: str) -> None:
        if dataclasses.is_dataclass(value):
            for one in dataclasses.fields(value):
                look(getattr(value, one.name), f"{type(value).__name__}.{one.name}")
        elif isinstance(value, Mapping):
            for each in value.values():
                look(each, place)
        elif isinstance(value, tuple):
            for each in value:
                look(each, place)
        elif isinstance(value, str) and "canary" in value:
            told[place] = value

    look(kept, "")
    assert len(filled_places) > 15
    assert set(told) <= exempt


@pytest.mark.parametrize("by", [None, BY])
@pytest.mark.parametrize("secret", ["canary-ssh-4711", "canary-gui-4712", "canary-wizard\\x074713", "canary-api-4714"])
def test_a_credential_that_was_said_back_is_not_kept(target: Target, by: Pseudonyms | None, secret: str) -> None:
    kept_texts = {place for place, rule in TEXTS.items() if rule is _kept}
    seen = filled(Observations, "", lambda place: "plain" if place in kept_texts else shown(f"<{secret}>"))
    seen = replace(seen, name=NameObservation(Resolution.RESOLVED, ("8.8.8.8",)))
    text = encode(again(target, seen, by)).decode()
    assert not [each for each in SAID if each in text]


@pytest.mark.parametrize("by", [None, BY])
def test_of_a_detail_only_whether_it_is_on_file(target: Target, make_target: Any, by: Pseudonyms | None) -> None:
    text = encode(again(target, WELL, by)).decode()
    assert not [each for each in (*SAID, "known_hosts_", "globex.key", '"admin"') if each in text]
    bare = make_target(2020, password=None, gui={"user": "", "password": ""}, api=None)
    missing = [one.check for one in judged(again(bare, WELL, by)) if one.check.startswith("details.")]
    assert missing == ["details.login", "details.gui_user", "details.gui_password", "details.wizard_password"]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (None, "waived"),
        (dt.datetime(2026, 11, 30, 23, 59, tzinfo=dt.UTC), "waived"),
        (dt.datetime(2026, 12, 1, 0, 0, tzinfo=dt.UTC), "fail"),
    ],
)
@pytest.mark.parametrize("by", [None, BY])
def test_a_waiver_ends_by_the_moment_of_the_look(
    make_target: Any, by: Pseudonyms | None, now: dt.datetime | None, status: str
) -> None:
    on_file = {"tcp": {"reason": "moving", "ticket": "T-1", "expires": "2026-11-30"}}
    target = as_of(make_target(2020, address="8.8.8.8", waivers={}, waivers_on_file=on_file), AT.date())
    seen = Observations(WELL.name, {2020: TcpObservation(2020, Reach.REFUSED)})
    (finding,) = [one for one in judged(again(target, seen, by), now) if one.check == "tcp@2020"]
    assert finding.status == status
    assert ("Its waiver ended on 2026-11-30 (ticket T-1)." in finding.seen) is (status == "fail")


def test_what_kept_us_from_looking_is_the_same_finding(target: Target) -> None:
    seen = replace(WELL, obstacles=(Obstacle(2020, "No known_hosts.", "Do."),))
    kept = Evidence("0.1.0", AT, "", "", kept_target(target, None), seen)
    (finding,) = [one for one in judged(decode(parsed(encode(kept), "f"), "f")) if one.check == "walk"]
    assert (finding.code, finding.seen) == ("could-not-look", "No known_hosts.")


def raw(target: Target) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(encode(again(target, MAPPED, BY)))
    return whole


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "something"}, "is no evidence"),
        ({"schema_version": 2}, "schema_version is not 1"),
        ({"looked_at": "2026-11-23T04:05:06"}, "looked_at"),
        ({"looked_at": "9999-12-31T23:59:59-23:00"}, "looked_at"),
        ({"looked_at": 10**30}, "looked_at"),
        ({"redacted": False}, "pseudonyms says otherwise"),
        ({"observations": None}, "observations"),
        ({"observations": {"name": {"resolution": "resolved", "addresses": ["x"]}}}, "no address"),
        ({"observations": {"tcp": {"x": 1}}}, "observations"),
        ({"target": {"name": "x"}}, "target."),
        ({"more": 1}, "more"),
        ({"target.port": 70000}, "target.port"),
        ({"target.profile.tcp_ports": list(range(1, 400))}, "more than 256 ports"),
        ({"target.profile.web": {"gui": {"scheme": "file", "port": 1}}}, "target.profile.web.gui.scheme"),
    ],
)
def test_what_is_not_as_written_is_one_sentence(target: Target, change: dict[str, Any], says: str) -> None:
    whole = raw(target)
    for dotted, value in change.items():
        *above, last = dotted.split(".")
        place = whole
        for name in above:
            place = place[name]
        place[last] = value
    with pytest.raises(NoEvidence) as told:
        decode(parsed(json.dumps(whole).encode(), "look.json"), "look.json")
    assert says in told.value.message
    assert told.value.message.startswith("look.json")
    assert told.value.exit_status == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"{" * 100_000,
        b"[" * 100_000,
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"a": 1' + b"0" * 5000 + b"}",
        b" " * (2 * 1024 * 1024 + 1),
    ],
)
def test_nonsense_is_one_sentence(content: bytes) -> None:
    with pytest.raises(NoEvidence, match=r"look\.json"):
        decode(parsed(content, "look.json"), "look.json")


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just([]), st.just({}))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_edited_file_is_judged_or_refused(target: Target, data: st.DataObject) -> None:
    """Any value anywhere in it: a sentence, or findings."""
    whole = copy.deepcopy(raw(target))
    place: Any = whole
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(VALUES)
        break
    try:
        evidence = decode(parsed(json.dumps(whole).encode(), "f"), "f")
    except NoEvidence:
        return
    assert judged(evidence)
    assert judged(evidence, AT + dt.timedelta(days=400))
