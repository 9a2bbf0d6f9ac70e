"""SARIF: what 2.1.0 requires of a log, held by properties; what is explained is no result; hostile names stay names."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.drift.look import Section
from callout.drift.report import DriftReport
from callout.views.drift_sarif import drift_sarif, uri_of
from tests.unit.drift.judging_desk import added, fact
from tests.unit.views.drift_desk import HOSTILE, doubtful, full, legitimate, planted, report, waiver

SCHEMA = "CALLOUT_SARIF_SCHEMA"
URI = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+")
REPORTS = {
    "full": full(),
    "clean": report([]),
    "planted": report(planted()),
    "doubtful": report(doubtful()),
    "explained": report(legitimate()),
    "hostile": report([added(HOSTILE), fact(Section.CRON, HOSTILE, None, {"line": HOSTILE, "path": "/../" + HOSTILE})]),
}


def run_of(told: DriftReport) -> dict[str, Any]:
    log = json.loads(json.dumps(drift_sarif(told)))
    assert log["version"] == "2.1.0"
    assert urlsplit(log["$schema"]).scheme == "https"
    assert len(log["runs"]) == 1
    found: dict[str, Any] = log["runs"][0]
    return found


def texts_of(value: Any) -> Iterator[str]:
    """Every message's text."""
    if isinstance(value, dict):
        if isinstance(value.get("message"), dict):
            yield value["message"]["text"]
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("drift/full.sarif", json.dumps(drift_sarif(full()), indent=2) + "\n")


@pytest.mark.parametrize("name", REPORTS)
def test_the_log_has_all_that_the_standard_requires(name: str) -> None:
    run = run_of(REPORTS[name])
    driver = run["tool"]["driver"]
    assert driver["name"] == "callout"
    rules = driver["rules"]
    assert len({one["id"] for one in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        assert result["fingerprints"] == {"calloutFinding/v1": result["properties"]["finding"]}
        assert result["locations"]
        for suppression in result.get("suppressions", ()):
            assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", invocation["endTimeUtc"])
        for notification in invocation["toolExecutionNotifications"]:
            descriptor = notification["descriptor"]
            assert driver["notifications"][descriptor["index"]]["id"] == descriptor["id"]
    base = run["originalUriBaseIds"]["SYSTEM"]["uri"]
    assert urlsplit(base).scheme == "file"
    assert base.endswith("/")


@pytest.mark.parametrize("name", REPORTS)
def test_places_are_uris_below_the_system(name: str) -> None:
    run = run_of(REPORTS[name])
    for result in run["results"]:
        for location in result["locations"]:
            physical = location.get("physicalLocation")
            if physical is None:
                assert location["logicalLocations"][0]["fullyQualifiedName"]
                continue
            place = physical["artifactLocation"]
            assert place["uriBaseId"] == "SYSTEM"
            assert URI.fullmatch(place["uri"])
            assert urljoin("http://x/root/", place["uri"]).startswith("http://x/root/")


@pytest.mark.skipif(SCHEMA not in os.environ, reason=f"{SCHEMA} names no copy of OASIS' sarif-schema-2.1.0.json")
@pytest.mark.parametrize("name", REPORTS)
def test_the_official_schema_holds(name: str) -> None:
    """The schema is OASIS' own and none of ours to hand on: whoever has it names the file."""
    schema = json.loads(Path(os.environ[SCHEMA]).read_text(encoding="utf-8"))
    assert "SARIF" in schema["title"]
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(json.dumps(drift_sarif(REPORTS[name]))))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=4))
def test_a_uri_leads_back_to_the_bytes_of_the_path(names: list[bytes]) -> None:
    plain = [name.replace(b"/", b"_").replace(b"\0", b"_") for name in names]
    plain = [name if name not in (b".", b"..") else b"x" for name in plain]
    path = b"/" + b"/".join(plain)
    uri = uri_of(path.decode("utf-8", "surrogateescape"))
    assert URI.fullmatch(uri)
    assert b"/" + unquote_to_bytes(uri) == path


def test_only_what_has_to_be_asked_about_is_a_result() -> None:
    assert run_of(REPORTS["explained"])["results"] == []
    levels = [one["level"] for one in run_of(full())["results"]]
    assert levels == ["error"] * 5 + ["warning"] * 2 + ["note"]


def test_a_waiver_is_a_suppression_with_its_reason() -> None:
    change = planted()[0]
    run = run_of(report([change], waivers=(waiver(change),)))
    (suppression,) = run["results"][0]["suppressions"]
    assert "T-4711" in suppression["justification"]
    assert run["results"][0]["level"] == "note"
    assert "suppressions" not in run_of(report([change]))["results"][0]


def test_what_could_not_be_told_is_no_success() -> None:
    assert run_of(REPORTS["clean"])["invocations"][0]["executionSuccessful"] is True
    cut = run_of(report([], unknown=((Section.CRON, "It did not come."),)))["invocations"][0]
    assert (cut["executionSuccessful"], cut["exitCode"]) == (False, 4)
    (notification,) = cut["toolExecutionNotifications"]
    assert "cron could not be compared" in notification["message"]["text"]
    torn = run_of(report([], after={"disagreements": ("find and ls differ.",)}))["invocations"][0]
    assert torn["executionSuccessful"] is False


def test_a_name_is_neither_placeholder_nor_link_nor_escape() -> None:
    for text in texts_of(run_of(REPORTS["hostile"])):
        assert "](" not in text
        assert re.sub(r"\{\{|\}\}", "", text).count("{") == 0
        assert text.isprintable()
    assert any("{{{{7*7}}}}" in text for text in texts_of(run_of(REPORTS["hostile"])))


def test_a_changed_line_is_the_region() -> None:
    (result,) = run_of(report([planted()[0]]))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
