"""A session from its first second to its last: what the ledger, the recording and the person are told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput, TrustRefused, Unreachable
from callout.ledger import Draft, Event, open_ledger
from callout.steps.record import open_callout
from callout.steps.replay import recording_of_work
from callout.steps.running_program import this_program
from callout.steps.ssh_session import words_at_the_start
from callout.worklog.recorded_work import Asked, Program, Said, begun_body
from callout.worklog.session import running_session
from tests.unit.shell.person import Person
from tests.unit.shell.session_site import EXIT, SHELL, Site


def test_a_session_is_timed_recorded_and_logged_without_our_secrets(site: Site) -> None:
    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        for key in b"echo Api-s3cret; printf 'Gui-s3'; sleep 0.2; echo cret; echo \xc3\xa4; exit 5":
            person.types(bytes([key]))
            time.sleep(0.002)
        person.types(b"\n")

    with Person(script) as person:
        end = site.hold(person, SHELL, Said("Looked; Gui-s3cret was typed"), note="Reset", role="developer")
        assert b"Api-s3cret" in person.seen  # the person sees what is there
    started, logged = site.events()
    body = logged.body
    assert (started.kind, logged.kind, end.outcome.status) == ("work_started", "work_logged", 5)
    assert (body["source"], body["role"], body["ticket"], body["status"]) == ("session", "developer", "T-1", 5)
    assert body["note"] == "Reset; Looked; [our secret] was typed"
    assert (body["started_at"], body["session"]) == (started.body["started_at"], started.id)
    assert body["idle_seconds"] == 0
    (path,) = site.recordings()
    content = path.read_bytes()
    assert body["recording"] == {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    assert path.stat().st_mode & 0o777 == 0o600
    header, *events = [json.loads(line) for line in content.splitlines()]
    assert (header["width"], header["height"]) == (80, 24)
    assert header["env"] == {"TERM": "xterm", "SHELL": "/bin/sh"}
    text = "".join(event[2] for event in events if event[1] == "o")
    assert text.count("[our secret]") == 3
    assert "ä" in text
    for secret in (b"Api-s3cret", b"Gui-s3cret"):
        assert secret not in content
        assert secret not in Path(site.context.places.data / "ledger.sqlite").read_bytes()
    found = recording_of_work(site.again().context, logged.id[:8])
    assert found.path == path


def test_what_is_typed_where_nothing_is_echoed_is_nowhere(site: Site) -> None:
    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        person.types(b"stty -echo; read x; stty echo; echo got\n")
        time.sleep(0.5)
        place = len(person.seen)
        person.types(b"typed-by-hand\n")
        person.wait_for(b"got", place)
        person.types(b"exit\n")

    with Person(script) as person:
        site.hold(person, SHELL)
    assert b"typed-by-hand" not in site.recordings()[0].read_bytes()


def test_the_call_out_gives_the_ticket_and_another_one_is_refused(site: Site) -> None:
    opened = open_callout(site.context, site.system, "T-9", "Patch")
    with Person(EXIT) as person:
        event = site.hold(person, SHELL, callout=opened.callout, ticket="").event
    assert (event.callout, event.body["ticket"]) == ("CO-0001", "T-9")
    for asked, words in (
        ({"callout": "CO-0001", "ticket": "T-1"}, "CO-0001 has ticket T-9"),
        ({"callout": "CO-0002", "ticket": ""}, "There is no call-out"),
        ({"ticket": " "}, "needs a ticket"),
        ({"role": "king"}, "'king' is no role"),
        ({"activity": "play"}, "'play' is no kind of work"),
    ):
        with Person(EXIT) as person, pytest.raises(BadInput, match=words):
            site.again().hold(person, SHELL, **asked)
    assert site.kinds() == ["opened", "work_started", "work_logged"]
    assert len(site.recordings()) == 1


def by_hand(site: Site, ticket: str) -> Event:
    """What `callout time start` writes."""
    asked = Asked(ticket)
    body = {**begun_body(asked, site.context.now(), None, None, ""), "source": "person"}
    names = (site.system.customer.id, site.system.name, "")
    return site.context.ledger.append(Draft("work_started", site.context.now(), "eva@desk", *names, body))[0]


def test_a_session_that_runs_for_the_same_ticket_goes_on_and_counts_once(site: Site) -> None:
    running = by_hand(site, "T-1")
    with Person(EXIT) as person:
        end = site.hold(person, SHELL, Said("never asked"))
    assert not site.asked
    assert site.kinds() == ["work_started", "session_recorded"]
    assert end.event.body["session"] == running.id
    assert end.event.body["recording"]["sha256"]
    assert recording_of_work(site.again().context, end.event.id).path.exists()


def test_a_session_about_something_else_is_in_the_way(site: Site, sshd: Any) -> None:
    by_hand(site, "T-2")
    log = sshd.folder / "sshd.log"
    logins = log.read_text().count("Accepted")
    with Person(EXIT) as person, pytest.raises(BadInput, match="A session runs already: T-2 for loop-pbx1"):
        site.hold(person, SHELL)
    assert (site.kinds(), site.recordings()) == (["work_started"], [])
    assert log.read_text().count("Accepted") == logins


def ends(site: Site, started: Event, source: str) -> None:
    """What another program writes at the end of the session `started`."""
    ledger = open_ledger(site.context.places.ledger, site.context.now)
    times = {"started_at": started.body["started_at"], "ended_at": started.body["started_at"], "seconds": 0}
    body = {"session": started.id, "source": source, "role": "engineer", "ticket": "T-1", "note": "", **times}
    names = (started.customer, started.system, "")
    ledger.append(Draft("work_logged", site.context.now(), "eva@desk", *names, body))
    ledger.close()


def test_a_session_that_was_stopped_meanwhile_is_not_logged_twice(site: Site) -> None:
    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        ends(site, site.events()[0], "person")
        person.types(b"exit\n")

    with Person(script) as person:
        site.hold(person, SHELL)
    assert site.kinds() == ["work_started", "work_logged", "session_recorded"]


def test_a_second_window_that_outlives_the_first_is_logged_whole(site: Site) -> None:
    """Its time after the first one's end is nobody else's; what both claim is taken off by the bill."""
    body = begun_body(Asked("T-1"), site.context.now(), None, this_program(), "first.cast")
    names = ("globex", "loop-pbx1", "")
    first = site.context.ledger.append(Draft("work_started", site.context.now(), "eva@desk", *names, body))[0]

    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        ends(site, first, "session")
        person.types(b"exit\n")

    with Person(script) as person:
        event = site.hold(person, SHELL).event
    assert site.kinds() == ["work_started", "work_logged", "work_logged"]
    assert (event.body["beside"], "session" in event.body) == (first.id, False)


def test_a_system_that_is_not_reached_leaves_nothing_to_bill(site: Site, closed_port: int, tmp_path: Path) -> None:
    for changes, kind in (({"port": closed_port}, Unreachable), ({"known_hosts": tmp_path / "none"}, TrustRefused)):
        target = site.system.target.model_copy(update=changes)
        other = dataclasses.replace(site.again(), system=site.system.model_copy(update={"target": target}))
        with Person(EXIT) as person, pytest.raises(kind):
            other.hold(person, SHELL)
    assert site.kinds() == ["work_started", "work_amended"] * 2
    assert site.recordings() == []
    amended = site.events()[-1].body
    assert (amended["amendment"], "host key is unknown" in amended["reason"]) == ("discarded", True)
    assert running_session(site.again().context.ledger, "eva@desk", site.context.now()) is None


def test_a_program_that_was_killed_is_noticed_and_its_last_sign_named(site: Site) -> None:
    """The next command does not guess when the work ended: it says what it saw and how to say it."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    began = site.context.now() - dt.timedelta(hours=2)
    body = begun_body(Asked("T-1"), began, None, Program(boot, gone.pid, 12345), "gone.cast")
    site.context.ledger.append(Draft("work_started", began, "eva@desk", "globex", "loop-pbx1", "", body))
    site.context.places.recordings.mkdir()
    (site.context.places.recordings / "gone.cast").touch()
    with Person(EXIT) as person, pytest.raises(BadInput, match="its program does not run here") as caught:
        site.hold(person, SHELL)
    written = dt.datetime.now(dt.UTC)
    assert "Its recording was last written at" in caught.value.message
    stated = dt.datetime.fromisoformat(caught.value.hint.rpartition("--at ")[2])
    assert abs((written - stated).total_seconds()) < 60
    assert site.kinds() == ["work_started"]


def test_without_a_recording_the_reason_stands_in_the_event(site: Site) -> None:
    with Person(EXIT) as person:
        event = site.hold(person, SHELL, no_recording="the customer forbids it").event
    assert event.body["recording"] == {"none": "the customer forbids it"}
    with Person(EXIT) as person:
        event = site.again().with_system(record=False).hold(person, SHELL).event
    assert event.body["recording"] == {"none": "callout_policy.sessions.record is off"}
    assert site.recordings() == []
    with pytest.raises(BadInput, match=r"Nothing was recorded for .*: callout_policy.sessions.record is off"):
        recording_of_work(site.again().context, event.id)


def test_a_full_disk_ends_the_recording_and_not_the_session(site: Site) -> None:
    """By a real limit on the size of files: the ledger is below it, the recording grows past it."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def script(person: Person) -> None:
        person.wait_for(b"go> ")
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
        person.asks(b"head -c 1000000 /dev/zero | tr '\\0' x; echo; echo al'l'", b"all\r\n")
        person.types(b"exit 3\n")

    try:
        with Person(script) as person:
            end = site.hold(person, SHELL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert end.outcome.status == 3
    assert site.said == ["The recording has ended: it cannot be written: File too large. The session goes on."]
    kept = end.event.body["recording"]
    assert kept["ended_early"] == "it cannot be written: File too large"
    assert kept["left_out_bytes"] > 500_000
    content = site.recordings()[0].read_bytes()
    assert all(isinstance(json.loads(line), list | dict) for line in content.splitlines())
    assert hashlib.sha256(content).hexdigest() == kept["sha256"]


def test_a_disk_that_is_full_at_the_start_is_told_before_anything_is_sent(site: Site) -> None:
    site.context.places.data.mkdir(exist_ok=True)
    (site.context.places.data / "recordings").write_text("in the way")
    with Person(EXIT) as person, pytest.raises(Exception, match="cannot be written") as caught:
        site.hold(person, SHELL)
    assert "--no-recording REASON" in caught.value.hint  # type: ignore[attr-defined]
    assert site.kinds() == []


def test_what_is_known_at_the_start(site: Site) -> None:
    assert words_at_the_start(site.system, recorded=True) == ["loop-pbx1 of Globex: support contract."]
    gui = site.system.target.gui.model_copy(update={"password": type(site.system.target.gui.password)("abc")})
    short = site.system.model_copy(update={"target": site.system.target.model_copy(update={"gui": gui})})
    assert "under 4 characters" in words_at_the_start(short, recorded=True)[1]
