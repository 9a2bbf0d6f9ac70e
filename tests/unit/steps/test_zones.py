"""Whose clocks a time without an offset is by."""

from __future__ import annotations

from pathlib import Path

import pytest

from callout.errors import BadInput
from callout.steps.zones import zone_for

SHARED = Path("/usr/share/zoneinfo")


def test_a_named_zone_wins_over_the_machines() -> None:
    assert str(zone_for("Europe/Berlin", {"TZ": "Asia/Kathmandu"})) == "Europe/Berlin"
    assert str(zone_for("", {"TZ": ":Asia/Kathmandu"})) == "Asia/Kathmandu"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "/etc/passwd", "Europe", "a\x00b"])
def test_a_zone_that_nobody_knows_is_never_utc(name: str) -> None:
    with pytest.raises(BadInput, match="no time zone"):
        zone_for(name or "Nowhere", {})
    with pytest.raises(BadInput, match="TZ"):
        zone_for("", {"TZ": "Berlin"})


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the system's zones")
def test_the_machines_own_zone_is_that_of_its_link_or_file(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to(SHARED / "Europe" / "Vienna")
    assert str(zone_for("", {}, link)) == "Europe/Vienna"
    copied = tmp_path / "copied"
    copied.write_bytes((SHARED / "Asia" / "Kathmandu").read_bytes())
    assert "this machine's zone" in repr(zone_for("", {}, copied))
    assert str(zone_for("", {}, tmp_path / "none")) == "UTC"
