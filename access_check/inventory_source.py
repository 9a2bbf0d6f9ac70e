"""Reads an inventory through Ansible itself, vault included. The only file that knows Ansible's loaders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access_check.errors import InventoryError

VAULT_HEADER = b"$ANSIBLE_VAULT"
CONNECTION_VARIABLES = frozenset(
    {
        "ansible_host",
        "ansible_port",
        "ansible_user",
        "ansible_password",
        "ansible_ssh_pass",
        "ansible_ssh_password",
        "ansible_ssh_private_key_file",
        "ansible_private_key_file",
        "ansible_ssh_common_args",
        "ansible_ssh_extra_args",
    }
)


@dataclass(frozen=True, slots=True)
class RawSystem:
    """One inventory host: its templated variables, and where each one was written.

    `origins` maps a dotted key (`callout_system.gui`) to `file:line`; keys from nowhere are not in it.
    `unresolved` maps a top-level key to the sentence why its template could not be resolved.
    `read_on` is the day (UTC) that expiries are held against.
    """

    name: str
    groups: tuple[str, ...]
    variables: Mapping[str, Any]
    origins: Mapping[str, str]
    unresolved: Mapping[str, str]
    read_on: dt.date | None = None


def read_inventory(source: Path, limit: str | None = None) -> list[RawSystem]:
    """All hosts of `source` in the inventory's order, narrowed by Ansible's host pattern `limit`.

    The vault password comes from where Ansible's configuration says (`vault_password_file`, environment).
    Raises InventoryError naming the file for a missing folder, broken YAML, a missing or wrong vault
    password, and a limit that matches no host.
    """
    if not source.exists():
        raise InventoryError(
            f"Inventory {source} does not exist.", "Name one with -i, or set inventory in ansible.cfg."
        )
    refuse_broken_yaml(source)
    from ansible.errors import AnsibleError
    from ansible.inventory.manager import InventoryManager
    from ansible.parsing.dataloader import DataLoader
    from ansible.vars.manager import VariableManager

    loader = DataLoader()
    try:
        loader.set_vault_secrets(_vault_secrets(loader))
        manager = InventoryManager(loader=loader, sources=[str(source)])
        variables = VariableManager(loader=loader, inventory=manager)
        now = dt.datetime.now(dt.UTC)
        systems = [
            _host(host, loader, variables.get_vars(host=host), now) for host in manager.get_hosts(limit or "all")
        ]
    except AnsibleError as error:
        raise _explained(source, str(error)) from None
    if not systems:
        wanted = f"matches {limit!r}" if limit else "is in it"
        raise InventoryError(
            f"Inventory {source}: no system {wanted}.",
            "callout inventory lint lists the systems that can be named.",
        )
    return systems


def _vault_secrets(loader: Any) -> list[tuple[str, Any]]:
    """The vault passwords that Ansible's configuration names."""
    from ansible import constants

    if not constants.DEFAULT_VAULT_IDENTITY_LIST:
        # What Ansible would say as well, only without taking in its whole command line.
        return _secret_of_the_file(constants.DEFAULT_VAULT_PASSWORD_FILE, loader)
    from ansible.cli import CLI

    secrets: list[tuple[str, Any]] = CLI.setup_vault_secrets(
        loader, vault_ids=constants.DEFAULT_VAULT_IDENTITY_LIST, auto_prompt=False, initialize_context=False
    )
    return secrets


def _secret_of_the_file(file: str | None, loader: Any) -> list[tuple[str, Any]]:
    """The one vault password of `vault_password_file`, which may be a program; none without it."""
    if not file:
        return []
    from ansible import constants
    from ansible.parsing.vault import get_file_vault_secret

    identity: str = constants.DEFAULT_VAULT_IDENTITY
    secret = get_file_vault_secret(filename=file, vault_id=identity, loader=loader)
    secret.load()
    return [(identity, secret)]


def refuse_broken_yaml(source: Path) -> None:
    """Nothing, for a source whose YAML files all parse.

    Ansible only warns about a file that it cannot parse and goes on with the rest: half an inventory would
    be read as a whole one. Raises InventoryError with file and line.
    """
    import yaml

    for path in _yaml_files(source):
        try:
            for _ in yaml.parse(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                pass
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise InventoryError(f"{path}:{line}: not valid YAML: {error.problem}.", "Mend that line.") from None
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            raise InventoryError(f"{path}: cannot be read as YAML: {error}.", "Mend or remove it.") from None


def _yaml_files(source: Path) -> Iterator[Path]:
    if source.is_file():
        if source.suffix in {".yml", ".yaml"}:
            yield source
        return
    for path in sorted(source.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(source).parts)
        if path.is_file() and path.suffix in {".yml", ".yaml"} and not hidden:
            yield path


def _host(host: Any, loader: Any, variables: dict[str, Any], now: dt.datetime) -> RawSystem:
    from ansible.template import Templar

    templar = Templar(loader=loader, variables=variables)
    return raw_system(host.name, [group.name for group in host.get_groups()], variables, templar.template, now)


def raw_system(
    name: str, groups: Iterable[str], variables: Mapping[str, Any], resolve: Callable[[Any], Any], now: dt.datetime
) -> RawSystem:
    """One host's variables as callout reads them: `callout_*` and what Ansible needs to connect.

    `now` has a zone; its day in UTC is what expiries are held against. `resolve` is Ansible's templating, which
    also decrypts vaulted values. A template that cannot be resolved stands in `unresolved`; it is an error only
    for whoever needs that variable.
    """
    from ansible.errors import AnsibleError

    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    unresolved: dict[str, str] = {}
    for key, value in variables.items():
        if not key.startswith("callout_") and key not in CONNECTION_VARIABLES:
            continue
        origins.update(_origins(key, value))
        try:
            values[key] = plain(resolve(value))
        except AnsibleError as error:
            unresolved[key] = str(error).splitlines()[0]
    return RawSystem(
        name,
        tuple(group for group in groups if group != "all"),
        values,
        origins,
        unresolved,
        now.astimezone(dt.UTC).date(),
    )


def _origins(key: str, value: Any) -> dict[str, str]:
    """Where `key` and the keys below it were written, from the tags that Ansible 2.19 puts on values."""
    from ansible._internal._datatag._tags import Origin

    found: dict[str, str] = {}
    origin = Origin.get_tag(value)
    if origin is not None and origin.path:
        found[key] = f"{origin.path}:{origin.line_num}" if origin.line_num else str(origin.path)
    if isinstance(value, Mapping):
        for name, below in value.items():
            found.update(_origins(f"{key}.{name}", below))
    return found


def plain(value: Any) -> Any:
    """The value without Ansible's tags and lazy containers, so that it can be copied, compared and dumped."""
    if isinstance(value, Mapping):
        return {str(name): plain(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [plain(below) for below in value]
    if isinstance(value, str):
        return str.__str__(value) if type(value) is not str else value
    return value


def _explained(source: Path, said: str) -> InventoryError:
    sentence = said.splitlines()[0]
    if "decrypt" in sentence or "vault" in sentence.lower():
        folder = source if source.is_dir() else source.parent
        vaulted = [path for path in _yaml_files(folder) if path.read_bytes().startswith(VAULT_HEADER)]
        name = vaulted[0] if vaulted else source
        return InventoryError(
            f"{name} is encrypted and its vault password is missing or wrong ({sentence.rstrip('.')}).",
            "Set ANSIBLE_VAULT_PASSWORD_FILE, or vault_password_file in ansible.cfg.",
        )
    return InventoryError(f"Inventory {source} cannot be read: {sentence}", "callout inventory lint says more.")
