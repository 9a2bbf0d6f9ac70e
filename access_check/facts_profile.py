"""What is asked of a system's shell, and what is too little or too much of it, as data of the product's profile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from access_check.validation import Strict

# The order in which they are told.
Fact = Literal["disk", "load", "clock", "tools", "version", "calls"]
RemotePath = Annotated[str, Field(pattern=r"^/[^\x00-\x1f\x7f]*$", max_length=1024)]
ToolName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*$", max_length=64)]
RemoteCommand = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$", max_length=1024)]
_ALL: tuple[Fact, ...] = ("disk", "load", "clock", "tools", "version", "calls")


class NeededTools(Strict):
    """Programs without which a craft of callout refuses to begin. Source: those crafts' own probes.

    The dump command of the database is not among them: it has candidates of its own (`operation.database`).
    """

    backup: tuple[ToolName, ...] = ("find", "tar", "sha256sum", "wc")
    patch: tuple[ToolName, ...] = (
        "cat", "chmod", "chown", "date", "df", "head", "id", "ln", "mkdir", "mv", "readlink", "rm", "rmdir",
        "sed", "sha256sum", "stat", "sync", "tar",
    )  # fmt: skip


class FactsProfile(Strict):
    """Facts of a system that its shell tells (`callout_system.access.facts`). `asked` may leave some out.

    `directories` are asked for free space where they are there. Full is a file system with less than
    `disk_full_kib` free, or with at most `disk_full_percent` free and less than `disk_low_kib`; low is one
    with less than `disk_low_percent` or `disk_low_kib`. A file system smaller than four times a bound is held
    against a quarter of its size instead. Inodes: full below `inodes_full`, low below `disk_low_percent`.
    `load_high_per_cpu` is held against the load over five minutes. A clock is wrong by what the round trip
    cannot explain: warned about beyond `clock_warn_s`, failing beyond `clock_fail_s` seconds (the bound that
    Kerberos has, too). `version_file` and `version_command` tell the product's version; where they are is not
    published, so both are empty until a site knows. `tools` must be there, `tools_told` are only told.
    """

    asked: tuple[Fact, ...] = _ALL
    directories: tuple[RemotePath, ...] = ("/", "/tmp", "/var")  # noqa: S108 - looked at over there, not used here
    disk_full_kib: int = Field(16 * 1024, ge=0)
    disk_full_percent: int = Field(1, ge=0, le=100)
    disk_low_kib: int = Field(512 * 1024, ge=0)
    disk_low_percent: int = Field(5, ge=0, le=100)
    inodes_full: int = Field(1000, ge=0)
    load_high_per_cpu: float = Field(4, gt=0)
    clock_warn_s: int = Field(30, ge=1)
    clock_fail_s: int = Field(300, ge=1)
    tools: NeededTools = NeededTools()
    tools_told: tuple[ToolName, ...] = (
        "awk", "crontab", "curl", "du", "flock", "grep", "gzip", "ip", "mysqldump", "nice", "ionice", "sed", "timeout",
    )  # fmt: skip
    version_file: RemotePath | Literal[""] = ""
    version_command: RemoteCommand | Literal[""] = ""
