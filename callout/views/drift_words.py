"""What people call the things that can drift, and what is said of each verdict; in both languages of our letters."""

from __future__ import annotations

from collections.abc import Mapping

from callout.drift.change import What
from callout.drift.judged import Outcome
from callout.drift.look import DATABASE_SECTIONS, Section
from callout.drift.provenance import Provenance

# How one and how many of them are called.
SECTIONS: Mapping[str, Mapping[Section, tuple[str, str]]] = {
    "en": {
        Section.FILES: ("file", "Files"),
        Section.PACKAGES: ("package", "Packages"),
        Section.REPOSITORIES: ("package source", "Package sources"),
        Section.USERS: ("account", "Accounts"),
        Section.GROUPS: ("group", "Groups"),
        Section.SUDOERS: ("sudo rule", "Sudo rules"),
        Section.AUTHORISED_KEYS: ("SSH key that may log in", "SSH keys that may log in"),
        Section.CRON: ("scheduled job", "Scheduled jobs"),
        Section.SERVICES: ("service", "Services"),
        Section.PORTS: ("listening port", "Listening ports"),
        Section.KERNEL: ("kernel setting", "Kernel settings"),
        Section.FIREWALL: ("set of firewall rules", "Firewall rules"),
        Section.SSHD: ("setting of the SSH server", "Settings of the SSH server"),
        Section.MOUNTS: ("mount", "Mounts"),
        Section.TABLES: ("database table", "Database tables"),
        Section.COLUMNS: ("database column", "Database columns"),
        Section.INDEXES: ("database index", "Database indexes"),
        Section.VIEWS: ("database view", "Database views"),
        Section.TRIGGERS: ("database trigger", "Database triggers"),
        Section.ROUTINES: ("database routine", "Database routines"),
        Section.EVENTS: ("database event", "Database events"),
        Section.GRANTS: ("database right", "Database rights"),
        Section.COUNTS: ("count of rows", "Counts of rows"),
    },
    "de": {
        Section.FILES: ("Datei", "Dateien"),
        Section.PACKAGES: ("Paket", "Pakete"),
        Section.REPOSITORIES: ("Paketquelle", "Paketquellen"),
        Section.USERS: ("Konto", "Konten"),
        Section.GROUPS: ("Gruppe", "Gruppen"),
        Section.SUDOERS: ("sudo-Regel", "sudo-Regeln"),
        Section.AUTHORISED_KEYS: ("SSH-Schlüssel mit Zugang", "SSH-Schlüssel mit Zugang"),
        Section.CRON: ("geplanter Auftrag", "Geplante Aufträge"),
        Section.SERVICES: ("Dienst", "Dienste"),
        Section.PORTS: ("offener Port", "Offene Ports"),
        Section.KERNEL: ("Kernel-Einstellung", "Kernel-Einstellungen"),
        Section.FIREWALL: ("Satz von Firewall-Regeln", "Firewall-Regeln"),
        Section.SSHD: ("Einstellung des SSH-Servers", "Einstellungen des SSH-Servers"),
        Section.MOUNTS: ("Einhängung", "Einhängungen"),
        Section.TABLES: ("Datenbanktabelle", "Datenbanktabellen"),
        Section.COLUMNS: ("Datenbankspalte", "Datenbankspalten"),
        Section.INDEXES: ("Datenbankindex", "Datenbankindizes"),
        Section.VIEWS: ("Datenbanksicht", "Datenbanksichten"),
        Section.TRIGGERS: ("Datenbank-Trigger", "Datenbank-Trigger"),
        Section.ROUTINES: ("Datenbankroutine", "Datenbankroutinen"),
        Section.EVENTS: ("Datenbank-Ereignis", "Datenbank-Ereignisse"),
        Section.GRANTS: ("Datenbankrecht", "Datenbankrechte"),
        Section.COUNTS: ("Anzahl von Zeilen", "Anzahlen von Zeilen"),
    },
}
WHAT: Mapping[str, Mapping[What, str]] = {
    "en": {What.ADDED: "added", What.REMOVED: "removed", What.CHANGED: "changed"},
    "de": {What.ADDED: "hinzugekommen", What.REMOVED: "entfernt", What.CHANGED: "geändert"},
}
# In what a changed file differs; those of facts are the system's own words, and are quoted.
ASPECTS: Mapping[str, Mapping[str, str]] = {
    "en": {"unread": "touched, content not read", "target": "link target", "owner": "owner", "mode": "rights"},
    "de": {
        "content": "Inhalt",
        "size": "Größe",
        "unread": "berührt, Inhalt nicht gelesen",
        "mode": "Rechte",
        "owner": "Eigentümer",
        "kind": "Art",
        "target": "Ziel des Verweises",
        "capabilities": "Fähigkeiten (capabilities)",
        "device": "Gerät",
        "links": "Anzahl der Namen",
        "time": "Zeiten",
        "value": "Wert",
        "version": "Version",
        "rules": "Regeln",
    },
}
PROVENANCES: Mapping[Provenance, str] = {
    Provenance.OURS: "We did it ourselves, as the ledger shows.",
    Provenance.PACKAGE_MANAGER: "The system's package manager did it.",
    Provenance.VENDOR_UPGRADE: "The vendor's upgrade did it.",
    Provenance.DOCUMENTED: "The vendor's documentation says how to do it.",
    Provenance.PRODUCT_DATA: "The product itself writes there.",
    Provenance.CUSTOMER_CONFIGURATION: "It is configuration that is the customer's.",
    Provenance.NOISE: "It means nothing.",
    Provenance.UNSUPPORTED: "A direct modification that nothing explains: not supported.",
    Provenance.UNKNOWN: "Who made it cannot be told: nobody is accused.",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.CLEAN: "Nothing differs from the baseline.",
    Outcome.EXPLAINED: "Everything that differs is explained, or was let stay.",
    Outcome.DRIFT: "There are changes that nothing explains: they are not supported.",
    Outcome.UNKNOWN: "There is something that could not be told: this look is no clean one.",
}
# Whose house a section stands in; each has its own reasons and its own way back.
_ACCESS = (Section.USERS, Section.GROUPS, Section.SUDOERS, Section.AUTHORISED_KEYS, Section.SSHD, Section.FIREWALL)


def family_of(section: Section) -> str:
    """`database`, `access` (who gets in, and where to), or `base`."""
    if section in DATABASE_SECTIONS:
        return "database"
    return "access" if section in (*_ACCESS, Section.PORTS) else "base"


def aspect_words(aspects: tuple[str, ...], language: str) -> str:
    """In what it differs, with commas; times are left out where there is anything else."""
    named = [one for one in aspects if one not in ("time", "links")] or list(aspects)
    return ", ".join(ASPECTS[language].get(one, one) for one in named)
