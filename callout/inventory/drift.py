"""What is looked at for drift, what may differ without anybody's asking, and the rules of the house on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from access_check.validation import Strict

GateWord = Literal["ignore", "warn", "refuse"]
SectionWord = Literal[
    "files", "packages", "repositories", "users", "groups", "sudoers", "authorised_keys", "cron", "services", "ports",
    "kernel", "firewall", "sshd", "mounts", "tables", "columns", "indexes", "views", "triggers", "routines", "events",
    "grants", "counts",
]  # fmt: skip
# What to say of a package that came or went, when a package manager did it: who asked for it is another question.
PackagesWord = Literal["explain", "ask", "refuse"]
Days = Annotated[int, Field(gt=0, le=3650)]


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("is one line of printable text, without spaces at its ends")
    return text


def _pattern(text: str) -> str:
    if not text.isprintable() or "/../" in text or not text:
        raise ValueError("is a pattern that names something: `*` is anything within a name, `**` anything at all")
    return text


def _plain_path(text: str) -> str:
    if not text.startswith("/") or "/../" in f"{text}/" or not text.isprintable():
        raise ValueError("is a plain absolute path, from / on")
    return text


OneLine = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Pattern = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_pattern)]
AbsolutePath = Annotated[str, Field(max_length=1024), AfterValidator(_plain_path)]
Link = Annotated[str, Field(max_length=500, pattern=r"^(https://[^\s<>\"']+)?$")]


class Allowance(Strict):
    """Changes that need no explanation: of which things, why, and where that is published.

    `subjects` are patterns over paths, or over the names of facts of the `section`: `*` is anything within one name,
    `**` anything at all. `what` and `aspects` narrow it: only things added, or only a mode that changed; empty is
    any. `inferred` says that nobody has published it and that it was concluded: the verdict says so, too. What is
    `documented` has a link. A program that gains rights (setuid, capabilities) and a device are never allowed by it.
    """

    provenance: Literal["documented", "product_data", "customer_configuration"]
    subjects: tuple[Pattern, ...] = Field(min_length=1)
    why: OneLine
    section: SectionWord = "files"
    what: tuple[Literal["added", "removed", "changed"], ...] = ()
    aspects: tuple[str, ...] = ()
    link: Link = ""
    inferred: bool = False

    @model_validator(mode="after")
    def _a_document_has_a_place(self) -> Allowance:
        if self.provenance == "documented" and not self.link:
            raise ValueError("link: what is documented has a link to the document")
        return self


class Unclear(Strict):
    """What the product may change by itself, though nobody has published where: such changes are unknown, never
    unsupported. `subjects`, `section` and `what` as in `Allowance`; `why` says what is not known. With `only_lines`
    (patterns over lines in small letters) it speaks only where no other line of a text differs."""

    subjects: tuple[Pattern, ...] = Field(min_length=1)
    why: OneLine
    section: SectionWord = "files"
    what: tuple[Literal["added", "removed", "changed"], ...] = ()
    only_lines: tuple[str, ...] = ()
    link: Link = ""


class DriftAdditions(Strict):
    """What is looked at, left out and allowed *besides* the product's own lists; see `DriftProfile`."""

    roots: tuple[AbsolutePath, ...] = ()
    prune: tuple[str, ...] = ()
    sift: tuple[AbsolutePath, ...] = ()
    texts: tuple[str, ...] = ()
    secret_files: tuple[str, ...] = ()
    count_tables: tuple[str, ...] = ()
    allowed: tuple[Allowance, ...] = ()
    unclear: tuple[Unclear, ...] = ()


class DriftProfile(Strict):
    """What of a product is looked at, and what of it is whose.

    `roots` are looked at, but for `prune`, which is never entered; of `skip_content` files are listed and not read.
    Below the folders of `sift`, which hold data by the million, only what may be executed and devices are listed.
    `texts` are small text files that are kept, to show what changed in them, but for `secret_files` (all of these as
    in backups: `*` is anything). `file_systems` are folders that hold a root file system of their own, besides `/`.
    `vendor` are patterns of what a vendor's upgrade puts in place; `programs` patterns of the names of the product's
    own programs, which may open ports while they lie on vendor's ground. `count_tables` are tables of configuration
    whose rows are counted. `allowed` is the catalogue, `unclear` what nobody has published.
    A list given here stands in place of the profile's; what only adds to it belongs under `also`. `gate` and
    `max_age_days` stand in place of the customer's and the policy's.
    """

    roots: tuple[AbsolutePath, ...] = ("/",)
    prune: tuple[str, ...] = ()
    sift: tuple[AbsolutePath, ...] = ()
    skip_content: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    secret_files: tuple[str, ...] = ()
    maximum_text_kb: int = Field(default=64, gt=0, le=1024)
    file_systems: tuple[AbsolutePath, ...] = ()
    vendor: tuple[Pattern, ...] = ()
    programs: tuple[OneLine, ...] = ()
    count_tables: tuple[str, ...] = ()
    allowed: tuple[Allowance, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    also: DriftAdditions = DriftAdditions()
    gate: GateWord | None = None
    max_age_days: Days | None = None


class CustomerDrift(Strict):
    """What is different at all systems of a customer; `gate` and `max_age_days` stand in place of the policy's."""

    also: DriftAdditions = DriftAdditions()
    gate: GateWord | None = None
    max_age_days: Days | None = None


class DriftPolicy(Strict):
    """What drift means before a change, and who may let it stay.

    `gate`: unexplained drift, a look older than `max_age_days`, or none at all is ignored, warns, or refuses a
    change; without `max_age_days` no age is asked for. A waiver is good for `waiver_days` at most, and is given by
    one of `who_may_waive` (actors as the ledger names them; empty: by anybody). `allowed` is added to every
    product's catalogue. `signing_key` is the key that signs baselines, relative to the inventory's folder; its
    public half belongs among `callout_policy.patches.allowed_signers`.
    `new_packages`: a package that the package manager added or removed is explained, asked about (unknown), or
    unsupported; its files, and packages of which only the version moved, are explained either way.
    A look reads at `nice` (0-19) and, where the system can, as idle input and output (`idle_io`).
    """

    gate: GateWord = "warn"
    max_age_days: Days | None = None
    waiver_days: Days = 90
    who_may_waive: tuple[OneLine, ...] = ()
    allowed: tuple[Allowance, ...] = ()
    new_packages: PackagesWord = "ask"
    signing_key: str | None = None
    nice: Annotated[int, Field(ge=0, le=19)] = 19
    idle_io: bool = True
