"""The inventory is read once, whole, and what is wrong is named with file and key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from callout.errors import BadInput

SYSTEM, CUSTOMER = "host_vars/acme-pbx1.yml", "group_vars/acme.yml"


def test_well_inventory(folder: Any) -> None:
    """Systems with their customers, in the inventory's order."""
    inventory = folder.load()
    assert list(inventory.systems) == ["acme-pbx1", "globex-sw1"]
    assert list(inventory.customers) == ["acme", "globex"]
    acme = inventory.system("acme-pbx1")
    assert (acme.customer.contract, acme.product, acme.target.port) == ("maintenance", "pbxware", 2020)
    assert acme.target.known_hosts == folder.path / "known_hosts"
    assert acme.policy.hours.opens_zone == "Europe/Berlin"


def test_limit_narrows(folder: Any) -> None:
    """Ansible's own host patterns."""
    assert list(folder.load("globex").systems) == ["globex-sw1"]


def test_secrets_show_themselves_nowhere(folder: Any) -> None:
    """Neither in repr nor in what may be shown."""
    system = folder.load().system("acme-pbx1")
    shown = repr(system) + str(system) + repr(system.target) + str(system.model_dump())
    assert "s3cret" not in shown
    assert system.target.password.get_secret_value() == "root-s3cret"


def test_unknown_names_list_those_that_there_are(folder: Any) -> None:
    """A slip of the pen is answered with the right names."""
    inventory = folder.load()
    with pytest.raises(BadInput, match="acme-pbx2") as error:
        inventory.system("acme-pbx2")
    assert "acme-pbx1" in error.value.hint
    with pytest.raises(BadInput, match="initech") as error:
        inventory.customer("initech")
    assert "globex" in error.value.hint


@pytest.mark.parametrize(
    ("file", "old", "new", "named", "said"),
    [
        (SYSTEM, "  gui:\n", "  gui: [\n", f"{SYSTEM}:", "not valid YAML"),
        (SYSTEM, "  api:\n", "\tapi:\n", f"{SYSTEM}:7", "not valid YAML"),
        (
            SYSTEM,
            "    user: admin\n",
            "    usr: admin\n",
            f"{SYSTEM}:5",
            "callout_system.gui.usr of acme-pbx1: there is no such key",
        ),
        (SYSTEM, "  api:\n", "  apikey: x\n  api:\n", f"{SYSTEM}:7", "callout_system.apikey"),
        (SYSTEM, "product: pbxware", "product: pbxwear", f"{SYSTEM}:3", "callout_system.product"),
        (SYSTEM, "callout_system:", "callout_systm:", SYSTEM, "callout_system is missing for acme-pbx1"),
        (CUSTOMER, "contract: maintenance", "contract: gold", f"{CUSTOMER}:4", "callout_customer.contract"),
        (CUSTOMER, "Europe/Vienna", "Vienna", f"{CUSTOMER}:6", "callout_customer.time_zone"),
        (CUSTOMER, "Europe/Vienna", "../../etc/passwd", f"{CUSTOMER}:6", "callout_customer.time_zone"),
        (CUSTOMER, "currency: EUR", "currency: euro", f"{CUSTOMER}:7", "callout_customer.currency"),
        (CUSTOMER, "  currency: EUR\n", "", f"{CUSTOMER}:", "callout_customer.currency"),
        (CUSTOMER, "[it@acme.example]", "[]", f"{CUSTOMER}:5", "registered_addresses"),
        (CUSTOMER, "id: acme", "id: acmee", f"{CUSTOMER}:2", "acme-pbx1 is in no group of that name"),
        (CUSTOMER, "name: Acme", "nickname: Acme", f"{CUSTOMER}:3", "callout_customer.nickname"),
        (SYSTEM, "root-s3cret", '"{{ vault_nowhere }}"', f"{SYSTEM}:1", "ansible_password"),
        (SYSTEM, "user: admin", 'user: "{{ vault_nowhere }}"', SYSTEM, "callout_system"),
        ("hosts.yml", "192.0.2.7", '"{{ nowhere }}"', "hosts.yml:", "ansible_host"),
    ],
)
def test_what_is_wrong_is_named(folder: Any, file: str, old: str, new: str, named: str, said: str) -> None:
    """File with line where there is one, key, and no secret: exit status 2."""
    folder.change(file, old, new)
    with pytest.raises(BadInput) as error:
        folder.load()
    assert named in error.value.message
    assert said in error.value.message
    assert error.value.exit_status == 2
    assert error.value.hint
    assert "\n" not in error.value.message
    assert "s3cret" not in error.value.message + error.value.hint


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("  access: {work_port: twenty}\n", "work_port"),
        ("  access: {wrk_port: 22}\n", "wrk_port"),
        ("  operation: {health_wait_s: soon}\n", "health_wait_s"),
        ("  operation: {backup: {path: [/etc]}}\n", "path"),
    ],
)
def test_wrong_override_is_named(folder: Any, values: str, said: str) -> None:
    """A site's own values are held against the profile's shape."""
    folder.change(SYSTEM, "  product:", f"{values}  product:")
    with pytest.raises(BadInput, match=said):
        folder.load()


def test_overrides_lie_over_the_profile(folder: Any) -> None:
    """Mappings are merged key by key, lists replaced; what is not named stays."""
    folder.change(
        SYSTEM,
        "  product:",
        "  access: {work_port: 22, ssh_ports: [22], web: {gui: {port: 8443}}}\n"
        "  operation: {restart: {asterisk: /etc/init.d/asterisk restart}, health_wait_s: 60}\n"
        "  product:",
    )
    system = folder.load().system("acme-pbx1")
    assert system.target.port == 22
    assert (system.target.profile.web["gui"].port, system.target.profile.web["gui"].scheme) == (8443, "https")
    assert system.target.profile.web["wizard"].port == 81
    assert system.operation.restart == {"asterisk": "/etc/init.d/asterisk restart"}
    assert system.operation.asterisk[0] == "/opt/pbxware/sh/asterisk"


def test_missing_access_detail_is_no_error_here(folder: Any) -> None:
    """Naming what is missing is lint's and the check's work; the inventory can be read without it."""
    folder.change("hosts.yml", "{ansible_host: 192.0.2.7}", "{}")
    folder.change(SYSTEM, "ansible_password: root-s3cret\n", "")
    target = folder.load().system("acme-pbx1").target
    assert (target.address, target.password) == (None, None)


def test_group_of_two_systems_is_one_customer(folder: Any) -> None:
    """A customer may have many systems."""
    folder.change("hosts.yml", "acme-pbx1: {ansible_host: 192.0.2.7}", "acme-pbx[1:2]: {}")
    folder.write("host_vars/acme-pbx2.yml", (folder.path / SYSTEM).read_text())
    assert len(folder.load("acme").customers) == 1


def test_missing_folder_and_empty_limit(folder: Any, tmp_path: Path) -> None:
    """Both are sentences."""
    with pytest.raises(BadInput, match="matches 'initech'"):
        folder.load("initech")
    (tmp_path / "inventory").rename(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="does not exist"):
        folder.load()


READ = """
import os, sys, pathlib
from callout.errors import CalloutError
from callout.inventory import load_inventory
from callout.places import Places
try:
    inventory = load_inventory(Places(pathlib.Path(sys.argv[1]), pathlib.Path("/nonexistent"), ""))
except CalloutError as error:
    print(error.message); print(error.hint, file=sys.stderr); sys.exit(error.exit_status)
print(inventory.system("acme-pbx1").target.password.get_secret_value())
"""


def vaulted(folder: Any, tmp_path: Path, password: str | None) -> subprocess.CompletedProcess[str]:
    """Encrypts acme's password with `right`, and reads the inventory with `password` in a process of its own."""
    (tmp_path / "right").write_text("right\n")
    folder.change(SYSTEM, "root-s3cret", '"{{ vault_root }}"')
    secret = folder.write("group_vars/all/vault.yml", "vault_root: from-the-vault\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    vault = [
        str(Path(sys.executable).parent / "ansible-vault"),
        "encrypt",
        "--vault-password-file",
        str(tmp_path / "right"),
    ]
    subprocess.run([*vault, str(secret)], check=True, capture_output=True, cwd=tmp_path, env=environment)
    if password:
        (tmp_path / "given").write_text(password)
        environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(tmp_path / "given")
    return subprocess.run(
        [sys.executable, "-c", READ, str(folder.path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )


def test_vaulted_value_is_read(folder: Any, tmp_path: Path) -> None:
    """The vault password comes from where Ansible looks for it."""
    assert vaulted(folder, tmp_path, "right").stdout == "from-the-vault\n"


@pytest.mark.parametrize("password", [None, "wrong"])
def test_missing_or_wrong_vault_password(folder: Any, tmp_path: Path, password: str | None) -> None:
    """One sentence that names the file, a remedy, exit status 2, no traceback."""
    done = vaulted(folder, tmp_path, password)
    assert done.returncode == 2
    assert "group_vars/all/vault.yml is encrypted and its vault password is missing or wrong" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert "ANSIBLE_VAULT_PASSWORD_FILE" in done.stderr
    assert "Traceback" not in done.stderr
