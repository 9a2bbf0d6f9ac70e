"""Pure: blocks of packages, repositories, cron, services, the kernel and sshd → facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from callout.drift.fact_making import FactsRefused, lines_of_files, subject_in
from callout.drift.look import Fact, Section
from callout.drift.secret_texts import bounded, without_secrets
from callout.drift.sections import Block

# Counters and what the kernel draws anew: no setting of anybody's.
COUNTERS = re.compile(
    r"fs\.(?:dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota\..*|nfs\..*)|kernel\.(?:ns_last_pid|random\..*|pty\.nr"
    r"|tainted|sched_domain\..*)|dev\.cdrom\.info|net\.netfilter\.nf_conntrack_count|net\.ipv4\.tcp_mem|net\.ipv4\.udp_mem"
    r"|vm\.stat_refresh|kernel\.perf_cpu_time_max_percent|kernel\.perf_event_max_sample_rate"
)


def packages(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By `name:architecture`: version, manager (dpkg, apk, rpm), state (`installed`, `config-files` …)."""
    for block in blocks:
        lines = block.content()
        if block.kind == "rpm":
            yield from (_rpm(block, line) for line in lines)
        elif block.kind in ("dpkg", "apk"):
            yield from _stanzas(block, lines)


def _rpm(block: Block, line: str) -> Fact:
    parts = line.split("\t")
    if len(parts) != 3:
        raise FactsRefused("a package is not understood")
    return _package(block, parts[0], parts[1].removeprefix("(none):"), parts[2], "installed")


def _stanzas(block: Block, lines: Sequence[str]) -> Iterator[Fact]:
    name = {"Package": "name", "P": "name", "Version": "version", "V": "version", "Architecture": "architecture",
            "A": "architecture", "Status": "state"}  # fmt: skip
    found: dict[str, str] = {}
    for line in (*lines, "Package: "):
        key, _, said = line.partition(":")
        aspect = name.get(key)
        if aspect is None or len(said) > 1024:
            raise FactsRefused("a package is not understood")
        if aspect == "name" and found.get("name"):
            state = found.get("state", "installed").split(" ")[-1]
            if "version" in found and state != "not-installed":
                yield _package(block, found["name"], found["version"], found.get("architecture", ""), state)
            found = {}
        found[aspect] = said.strip()


def _package(block: Block, name: str, version: str, architecture: str, state: str) -> Fact:
    value = {"version": version, "manager": block.kind, "state": state}
    if block.root != "/":
        value["root"] = block.root
    return Fact(Section.PACKAGES, subject_in(block.root, f"{name}:{architecture}"), value)


def repositories(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """One for each line that says something: path, line; passwords in addresses salted."""
    return lines_of_files(Section.REPOSITORIES, blocks, salt)


def cron(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """One for each line of a table: path, line; one for each program that a folder runs: path, program."""
    yield from lines_of_files(Section.CRON, [block for block in blocks if block.kind != "programs"], salt)
    for block in blocks:
        if block.kind == "programs" and block.path:
            yield Fact(Section.CRON, block.path, {"path": block.path, "program": "yes"})


def services(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """`unit NAME`: state; a link of an init system by its path; lines of inittab and rc.local: path, line."""
    for block in blocks:
        if block.kind == "systemctl":
            for line in block.content():
                words = line.split()
                if len(words) < 2:
                    raise FactsRefused("a unit of systemd is not understood")
                yield Fact(Section.SERVICES, f"unit {words[0]}", {"state": words[1]})
        elif block.kind == "links" and block.path:
            yield Fact(Section.SERVICES, block.path, {"path": block.path})
    yield from lines_of_files(Section.SERVICES, [block for block in blocks if block.kind == "files"], salt)


def kernel(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """`release`, `command line`, `module NAME`, `sysctl KEY`: value; a sysctl with several lines has them all."""
    settings: dict[str, list[str]] = {}
    for block in blocks:
        lines = block.content()
        if block.kind in ("release", "command-line"):
            said = without_secrets(salt, " ".join(" ".join(lines).split()))
            yield Fact(Section.KERNEL, block.kind.replace("-", " "), {"value": said})
        elif block.kind == "modules":
            yield from (Fact(Section.KERNEL, f"module {line}", {"value": "loaded"}) for line in lines)
        elif block.kind == "sysctl":
            for line in lines:
                key, equals, said = line.partition("=")
                if not equals and not COUNTERS.match(key):
                    raise FactsRefused("a setting of the kernel is not understood")
                settings.setdefault(key.strip(), []).append(" ".join(said.split()))
    for key, values in settings.items():
        if not COUNTERS.fullmatch(key):
            yield Fact(Section.KERNEL, f"sysctl {key}", {"value": bounded(salt, "\n".join(values))})


def sshd(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By keyword in small letters: value, in the order told where there are several; from files: path, line."""
    settings: dict[str, list[str]] = {}
    for block in blocks:
        for line in block.content() if block.kind == "settings" else ():
            keyword, _, said = line.partition(" ")
            settings.setdefault(keyword.lower(), []).append(said)
    for keyword, values in settings.items():
        yield Fact(Section.SSHD, keyword, {"value": bounded(salt, "\n".join(values))})
    yield from lines_of_files(Section.SSHD, [block for block in blocks if block.kind == "files"], salt)
