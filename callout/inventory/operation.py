"""Operating profile of a product: what "the system" is, how it is asked how it is, how it is restarted."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from access_check.profile import access_profile, merge
from access_check.profile_file import profile_file
from access_check.validation import Strict
from callout.inventory.drift import DriftProfile

# It becomes a file's name in the backup, and a word on a command line.
DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$")]
# In 1000 bits per second; 0 is no limit, None leaves it to the next who may say so.
Bandwidth = Annotated[int, Field(ge=0, le=100_000_000)] | None


class ScopeAdditions(Strict):
    """What is taken, left out or kept secret *besides* the product's own lists; see `BackupScope`."""

    paths: tuple[str, ...] = ()
    prune: tuple[str, ...] = ()
    secret_files: tuple[str, ...] = ()


class BackupScope(Strict):
    """Absolute paths on the system. `prune` is never entered; `recordings` are a class of their own.

    `secret_files` are patterns over whole paths (`*` is anything): no report ever shows what is in such a file.
    A list given here stands in place of the profile's; what only adds to it belongs under `also`.
    `bandwidth_kbit_s` stands in place of the customer's and the policy's.
    """

    paths: tuple[str, ...]
    prune: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    include_recordings: bool = True
    secret_files: tuple[str, ...] = ()
    also: ScopeAdditions = ScopeAdditions()
    bandwidth_kbit_s: Bandwidth = None


class CustomerBackup(Strict):
    """What a customer wants for the backups of all their systems. No recordings leave, where they want none to.

    `bandwidth_kbit_s` stands in place of the policy's.
    """

    also: ScopeAdditions = ScopeAdditions()
    leave_out_recordings: bool = False
    bandwidth_kbit_s: Bandwidth = None


class DatabaseKind(StrEnum):
    """Which database a product has: `mysql` is MariaDB, too."""

    MYSQL = "mysql"
    SQLITE = "sqlite"


class Database(Strict):
    """The product's database. `dump` and `client` are commands on the system, first one found is used.

    For `sqlite`, as on old systems, `path` is the database's file, seen from the SSH shell, and `dump` are commands
    like sqlite3 (a `chroot FOLDER sqlite3` sees the file below its folder); without any the file itself is copied.
    """

    name: DatabaseName
    kind: DatabaseKind = DatabaseKind.MYSQL
    path: str = ""
    dump: tuple[str, ...] = ()
    client: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_read(self) -> Database:
        if self.kind is DatabaseKind.SQLITE and not (self.path.startswith("/") and "/../" not in self.path):
            raise ValueError("path is the absolute path of the SQLite file")
        if self.kind is DatabaseKind.MYSQL and not self.dump:
            raise ValueError("dump names at least one command")
        return self


class DrillDatabase(Strict):
    """How a database server is set up anew below the drill's rootfs. Names of programs, first one found is used."""

    installer: tuple[str, ...] = ("mariadb-install-db", "mysql_install_db")
    server: tuple[str, ...] = ("mariadbd", "mysqld")
    client: tuple[str, ...] = ("mariadb", "mysql")
    account: str = "mysql"


class DrillService(Strict):
    """A service that a drill starts. `start`: commands, the next is tried where one fails. It is up when the answer to
    the command `question` holds `answer_holds`; `ask` are commands whose last line is told, by what it tells."""

    start: tuple[str, ...] = Field(min_length=1)
    question: str
    answer_holds: str
    ask: Mapping[str, str] = Field(default_factory=dict)


class Drill(Strict):
    """What a restore drill starts in a container of its own, without a network.

    `rootfs` is the folder of the system that holds a root file system of its own (a chroot with a shell); all commands
    run in it. `wait_s` is how long each of the servers may take to come up.
    """

    rootfs: str
    database: DrillDatabase = DrillDatabase()
    services: Mapping[str, DrillService] = Field(default_factory=dict)
    wait_s: int = Field(default=120, gt=0, le=3600)


class OperatingProfile(Strict):
    """What callout must know of a product beyond access.

    `asterisk` lists commands on the system, first one that answers is used; without it the access profile's are.
    `restart` maps a service to the command that restarts it; a service that is not in it cannot be restarted by
    a bundle (vendor's init script names are not published, so a site's inventory has to say them).
    """

    product: str
    backup: BackupScope
    database: Database | None = None
    drill: Drill | None = None
    drift: DriftProfile = DriftProfile()
    asterisk: tuple[str, ...] = ()
    restart: Mapping[str, str] = Field(default_factory=dict)
    health_wait_s: int = 300
    settle_s: int = 0


def operating_profile_values(product: str, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped values of `product` with a site's own (`callout_system.operation`) over them."""
    asterisk = list(access_profile(product).asterisk)
    return merge({"asterisk": asterisk, **_shipped(product)}, overrides)


def shipped_scope(product: str) -> BackupScope:
    """What the shipped profile of the product takes, without any site's own values."""
    return BackupScope.model_validate(_shipped(product)["backup"])


def _shipped(product: str) -> dict[str, Any]:
    """As the product's file has it; where that says of drift only like which product, with that one's."""
    told = profile_file("callout", product)
    like = told.get("drift")
    return {**told, "drift": profile_file("callout", like)["drift"]} if isinstance(like, str) else told
