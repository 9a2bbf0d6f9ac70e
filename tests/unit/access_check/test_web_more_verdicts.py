"""Certificates, sign-ins, the exposed wizard, API and SIP → findings: by tables, with the moment as a value."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from access_check.findings import Finding, Move, Status, exit_code
from access_check.observations import (
    ApiObservation,
    Certificate,
    NameObservation,
    Observations,
    Page,
    PageObservation,
    Resolution,
    Sip,
    SipObservation,
)
from access_check.profile import access_profile
from access_check.requirements import requirements
from access_check.targets import Target
from access_check.verdicts import first_broken, judge
from access_check.web_observation import PresentedCertificate, SignIn, SignInObservation

NOW = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)
FORM = {"user_field": "u", "password_field": "p", "success": {"text": "Welcome"}}
DAY = dt.timedelta(days=1)


def shown_certificate(begins: float = -30, ends: float = 300) -> PresentedCertificate:
    """A certificate with dates in days from NOW."""
    return PresentedCertificate("CN=pbx", "CN=pbx", ("pbx.example",), NOW + begins * DAY, NOW + ends * DAY, "ab" * 32)


@pytest.fixture
def target(make_target: Any) -> Target:
    """A system with sign-ins, pins and an API key."""
    overrides = {"web": {"gui": {"sign_in": FORM}, "wizard": {"sign_in": {**FORM, "in_clear": True}}}}
    made: Target = make_target(
        2020,
        address="8.8.8.8",
        waivers={},
        api={"key": "k"},
        profile=access_profile("pbxware", overrides).model_dump(),
    )
    return made


def page(certificate: Certificate = Certificate.NONE, **changes: Any) -> PageObservation:
    """A page that answers."""
    return PageObservation(Page.ANSWERED, 200, certificate=certificate, **changes)


def finding(target: Target, check: str, **seen: Any) -> Finding:
    """The finding `check` of what was `seen`, on a system whose name resolves."""
    well = Observations(NameObservation(Resolution.RESOLVED, ("8.8.8.8",)), at=NOW)
    return {each.check: each for each in judge(target, replace(well, **seen))}[check]


CERTIFICATES: list[tuple[Certificate, float, float, bool, Status, str]] = [
    (Certificate.TRUSTED, -30, 300, False, Status.PASS, "answered"),
    (Certificate.TRUSTED, -30, 14, False, Status.PASS, "answered"),
    (Certificate.TRUSTED, -30, 13.9, False, Status.WARN, "certificate-ends-soon"),
    (Certificate.TRUSTED, -30, 0.5, False, Status.WARN, "certificate-ends-soon"),
    (Certificate.SELF_SIGNED, -30, 300, True, Status.PASS, "answered"),
    (Certificate.SELF_SIGNED, -30, 300, False, Status.WARN, "certificate-self-signed"),
    (Certificate.SELF_SIGNED, -30, 3, True, Status.WARN, "certificate-ends-soon"),
    (Certificate.SELF_SIGNED, -30, -3, True, Status.WARN, "certificate-expired"),
    (Certificate.SELF_SIGNED, 3, 30, True, Status.WARN, "certificate-not-yet-valid"),
    (Certificate.EXPIRED, -30, -1, True, Status.WARN, "certificate-expired"),
    (Certificate.NOT_YET_VALID, 1, 30, True, Status.WARN, "certificate-not-yet-valid"),
    (Certificate.WRONG_NAME, -30, 300, True, Status.WARN, "certificate-wrong-name"),
    (Certificate.UNTRUSTED, -30, 300, True, Status.WARN, "certificate-untrusted"),
    (Certificate.PINNED, -30, 300, False, Status.PASS, "answered"),
    (Certificate.PINNED, -30, -1, False, Status.WARN, "certificate-expired"),
    (Certificate.CHANGED, -30, 300, True, Status.FAIL, "certificate-changed"),
]


@pytest.mark.parametrize(("certificate", "begins", "ends", "tolerated", "status", "code"), CERTIFICATES)
def test_certificates(
    make_target: Any, certificate: Certificate, begins: float, ends: float, tolerated: bool, status: Status, code: str
) -> None:
    gui = {"scheme": "https", "port": 443, "self_signed_tolerated": tolerated}
    target = make_target(profile={"web": {"gui": gui}})
    seen = page(certificate, presented=shown_certificate(begins, ends))
    found = finding(target, "web.gui@443", web={"gui": seen})
    assert (found.status, found.code) == (status, code)
    assert found.move is (Move.NOBODY if status is Status.PASS else Move.CUSTOMER)
    assert found.evidence["presented"]["sha256"] == "ab" * 32
    assert ("days_left" in found.evidence) == (code == "certificate-ends-soon")


@pytest.mark.parametrize(("ends", "words"), [(0.5, "today"), (1.5, "in 1 day ("), (5, "in 5 days (2026-11-28)")])
def test_days_that_are_left_are_said(make_target: Any, ends: float, words: str) -> None:
    target = make_target(profile={"web": {"gui": {"scheme": "https", "port": 443}}})
    seen = page(Certificate.TRUSTED, presented=shown_certificate(ends=ends))
    assert words in finding(target, "web.gui@443", web={"gui": seen}).seen


@pytest.mark.parametrize("certificate", list(Certificate))
def test_a_certificate_that_cannot_be_read_has_a_verdict_all_the_same(target: Target, certificate: Certificate) -> None:
    assert finding(target, "web.gui@443", web={"gui": page(certificate)}).status is not Status.UNKNOWN


SIGN_INS: list[tuple[SignIn, Status, Move]] = [
    (SignIn.SIGNED_IN, Status.PASS, Move.NOBODY),
    (SignIn.REFUSED, Status.FAIL, Move.CUSTOMER),
    (SignIn.NOT_UNDERSTOOD, Status.UNKNOWN, Move.US),
    (SignIn.NO_ANSWER, Status.UNKNOWN, Move.CUSTOMER),
    (SignIn.NO_FORM, Status.UNKNOWN, Move.US),
    (SignIn.ELSEWHERE, Status.UNKNOWN, Move.US),
    (SignIn.IN_CLEAR, Status.UNKNOWN, Move.US),
    (SignIn.CERTIFICATE, Status.UNKNOWN, Move.CUSTOMER),
    (SignIn.NO_CREDENTIALS, Status.UNKNOWN, Move.US),
]


@pytest.mark.parametrize("check", ["web.gui_login@443", "web.wizard_login@81"])
@pytest.mark.parametrize(("outcome", "status", "move"), SIGN_INS)
def test_sign_ins(target: Target, check: str, outcome: SignIn, status: Status, move: Move) -> None:
    """Only success that was seen passes; every outcome has a verdict."""
    name = "gui" if "gui" in check else "wizard"
    found = finding(target, check, web={name: page()}, sign_ins={name: SignInObservation(outcome, 1)})
    assert (found.status, found.code, found.move) == (status, str(outcome), move)
    assert bool(found.remedy) == (status is not Status.PASS)


def test_every_outcome_of_a_sign_in_is_in_the_table() -> None:
    assert {outcome for outcome, _, _ in SIGN_INS} == set(SignIn)


def test_a_session_that_stays_is_told(target: Target) -> None:
    seen = SignInObservation(SignIn.SIGNED_IN, 1, signed_out=False)
    found = finding(target, "web.gui_login@443", web={"gui": page()}, sign_ins={"gui": seen})
    assert (found.status, found.code) == (Status.WARN, "session-stays")


def test_a_password_in_clear_is_told(target: Target) -> None:
    """With the wizard, which the published procedure has on plain http, the warning is the exposed port's."""
    seen = SignInObservation(SignIn.SIGNED_IN, 1, in_clear=True)
    gui = finding(target, "web.gui_login@443", web={"gui": page()}, sign_ins={"gui": seen})
    wizard = finding(target, "web.wizard_login@81", web={"wizard": page()}, sign_ins={"wizard": seen})
    assert (gui.status, gui.code) == (Status.WARN, "signed-in-in-clear")
    assert wizard.status is Status.PASS
    assert "in clear" in wizard.seen


@pytest.mark.parametrize(("address", "words"), [("8.8.8.8", "from the Internet"), ("10.0.0.1", "no public address")])
def test_an_exposed_wizard_warns_and_keeps_nobody_out(target: Target, address: str, words: str) -> None:
    name = NameObservation(Resolution.RESOLVED, (address,))
    found = finding(target, "web.wizard_exposed@81", name=name, web={"wizard": page()})
    assert (found.status, found.code, found.move) == (Status.WARN, "exposed", Move.CUSTOMER)
    assert words in found.seen
    assert "in clear" in found.seen
    waived = target.model_copy(update={"waivers": {"web.wizard_exposed": "limited to us, T-7"}})
    assert finding(waived, "web.wizard_exposed@81", name=name, web={"wizard": page()}).status is Status.WAIVED


SERVICES = {"asterisk": "running", "fax": "stopped"}
API: list[tuple[ApiObservation, str, Status, str]] = [
    (ApiObservation(Page.ANSWERED, 200, "8.1"), "api.license@443", Status.PASS, "answered"),
    (ApiObservation(Page.ANSWERED, 200, None, "Invalid"), "api.license@443", Status.WARN, "not-understood"),
    (ApiObservation(Page.TIMEOUT, 0, None, "x"), "api.license@443", Status.WARN, "timeout"),
    (ApiObservation(complaint="https only"), "api.license@443", Status.WARN, "unasked"),
    (ApiObservation(Page.ANSWERED, 200, "8.1", services=SERVICES), "api.services@443", Status.WARN, "not-running"),
    (ApiObservation(Page.ANSWERED, 200, "8.1", services={"a": "running"}), "api.services@443", Status.PASS, "running"),
    (
        ApiObservation(Page.ANSWERED, 200, "8.1", services_complaint="x"),
        "api.services@443",
        Status.WARN,
        "not-understood",
    ),
    (ApiObservation(Page.ANSWERED, 200, None, "Invalid"), "api.services@443", Status.WARN, "unasked"),
]


@pytest.mark.parametrize(("seen", "check", "status", "code"), API)
def test_api(target: Target, seen: ApiObservation, check: str, status: Status, code: str) -> None:
    found = finding(target, check, web={"gui": page(Certificate.TRUSTED)}, api=seen)
    assert (found.status, found.code) == (status, code)
    if code == "not-running":
        assert "fax (stopped)" in found.seen
        assert "asterisk" not in found.seen


@pytest.mark.parametrize("sip", list(Sip))
def test_sip_never_keeps_us_out(target: Target, sip: Sip) -> None:
    """It is not on the published access list."""
    found = finding(target, "sip.options@5060", sip=SipObservation(sip, 200 if sip is Sip.ANSWERED else 0))
    assert found.status is (Status.PASS if sip is Sip.ANSWERED else Status.WARN)
    assert not found.blocks


def test_what_is_not_known_is_not_asked_for(make_target: Any) -> None:
    """Shipped profiles claim no form of the vendor's; without a key there is no API; SERVERware's is not known."""
    for product in ("pbxware", "serverware"):
        target = make_target(profile=access_profile(product).model_dump(), product=product)
        checks = {each.check.partition("@")[0] for each in requirements(target)}
        assert not checks & {"web.gui_login", "web.wizard_login", "api.license", "api.services"}
        assert {"web.wizard_exposed", "sip.options"} <= checks
    keyed = make_target(profile=access_profile("serverware").model_dump(), product="serverware", api={"key": "k"})
    assert not any(each.check.startswith("api.") for each in requirements(keyed))


def test_warnings_only_end_with_their_own_status(target: Target) -> None:
    seen = {"wizard": page(), "gui": page(Certificate.TRUSTED), "gui_plain": page()}
    ends = finding(target, "web.wizard_exposed@81", web=seen)
    assert exit_code([ends]) == 4
    assert first_broken([ends]) == ends
