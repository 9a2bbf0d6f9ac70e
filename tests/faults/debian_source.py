"""A Debian source package with a quilt series, fetched by apt into a folder of the test's own."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

FETCH_S = 240


@dataclass(frozen=True)
class Series:
    """`plain` is the tree without its patches, `patched` what Debian's own tool makes of it; `patches` in order."""

    plain: Path
    patched: Path
    patches: tuple[Path, ...]


def fetched(package: str, folder: Path) -> Series:
    """The package, unpacked twice. Skips the test, with the reason, where apt or the network has it not."""
    sources = folder / "sources.list"
    sources.write_text("".join(f"deb-src {one}\n" for one in _archives()))
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "0",
        "Acquire::http::Timeout": "20",
        "Acquire::Languages": "none",
    }
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    apt = ["apt-get", "-q", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    _run_or_skip([*apt, "update"], folder)
    _run_or_skip([*apt, "source", "--download-only", package], folder)
    (described,) = folder.glob("*.dsc")
    plain, patched = folder / "plain", folder / "patched"
    for target, more in ((plain, ["--skip-patches"]), (patched, [])):
        _run_or_skip(["dpkg-source", "--no-check", *more, "-x", described.name, str(target)], folder)
    listed = (plain / "debian/patches/series").read_text().splitlines()
    names = [line.split("#")[0].split() for line in listed]
    assert all(len(words) < 2 for words in names), "a series with options is not what this test is about"
    return Series(plain, patched, tuple(plain / "debian/patches" / words[0] for words in names if words))


def _archives() -> list[str]:
    """`URL SUITE main` of the machine's own Debian archive."""
    found = []
    for file in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")):
        for stanza in file.read_text().split("\n\n"):
            fields = dict(re.findall(r"^(URIs|Suites|Signed-By): (.*)$", stanza, re.MULTILINE))
            if "URIs" in fields and "debian" in fields["URIs"] and "security" not in fields["URIs"]:
                key = f"[signed-by={fields['Signed-By']}] " if "Signed-By" in fields else ""
                found.append(f"{key}{fields['URIs']} {fields['Suites'].split()[0]} main")
    return found or pytest.skip("no Debian archive in /etc/apt here")


def _run_or_skip(words: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=FETCH_S)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{words[0]}: {error}")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        pytest.skip(f"{words[0]} {words[-1]}: {last}")
