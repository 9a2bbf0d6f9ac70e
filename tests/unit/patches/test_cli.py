"""`callout patch build|sign|verify|show` as a person types them."""

from __future__ import annotations

import json

import pytest

from callout.cli.main import build_app
from callout.cli.shared import guarded
from tests.unit.patches.conftest import Site, three_changes

INVENTORY = """
acme:
  hosts:
    acme-pbx1:
      ansible_host: 192.0.2.1
      callout_system: {product: pbxware}
  vars:
    callout_customer:
      {id: acme, name: Acme, contract: support, registered_addresses: [it@acme.example],
       time_zone: Europe/Vienna, currency: EUR}
"""


@pytest.fixture
def callout(site: Site, capsys: pytest.CaptureFixture[str]):
    (site.inventory / "hosts.yml").write_text(INVENTORY)

    def run(*words: str) -> tuple[int, str, str]:
        status = guarded(lambda: build_app("patch")(["patch", *map(str, words)], prog_name="callout"))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_from_folder_to_trust(site: Site, keys, callout, tmp_path):
    file, hosts = tmp_path / "PW-2041.callout", site.inventory / "hosts.yml"
    status, _, said = callout("build", site.source(three_changes()), "-o", file)
    assert (status, "Not signed yet" in said) == (0, True)
    assert callout("verify", file, "-i", hosts)[0] == 6
    assert callout("sign", file, "--key", keys["anna"])[0] == 0
    status, out, _ = callout("verify", file, "-i", hosts)
    assert (status, "signed by anna@vendor.example" in out) == (0, True)
    status, out, _ = callout("show", file, "--json", "-i", hosts)
    told = json.loads(out)
    assert (status, told["schema_version"], told["manifest"]["id"]) == (0, 1, "PW-2041")
    assert [one["answer"] for one in told["signatures"]] == ["good"]
    assert callout("sign", file, "--key", keys["boris"])[0] == 0
    status, out, _ = callout("show", file, "-i", hosts)
    assert "Signature: unknown key" in out
    status, _, said = callout("verify", file, "-i", hosts)
    assert (status, "unknown key" in said) == (6, True)


def test_bad_input_is_one_sentence_and_a_remedy(callout, tmp_path):
    (tmp_path / "x").write_text("no bundle")
    for words in (
        ("sign", tmp_path / "x", "--key", "k"),
        ("build", tmp_path, "-o", "y"),
        ("sign", "gone", "--key", "k"),
    ):
        status, out, said = callout(*words)
        assert (status, out) == (2, "")
        assert said.startswith("callout: ")
        assert len(said.splitlines()) == 2


def test_show_tells_all_of_format_2(site: Site, callout, tmp_path):
    folder = site.source(
        [{"path": "now", "action": "symlink", "target": "8.1", "before": ["absent", {"link": "8.0"}]},
         {"path": "a.conf", "action": "patch", "before": ["files/a"], "diff": "files/d"}],
        customers=["acme"], expires="2027-01-31T00:00:00Z", sequence=3, requires=["PW-1"], conflicts=["PW-2"],
        supersedes=["PW-3"], health=["web.gui"], manual=["Tell them."],
        sql={"up": "files/s", "down": "files/s", "transactional": True},
    )  # fmt: skip
    (folder / "files/a").write_bytes(b"a\n")
    (folder / "files/d").write_bytes(b"--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n")
    (folder / "files/s").write_bytes(b"SELECT 1;\n")
    (site.inventory / "hosts.yml").write_text(INVENTORY)
    file = tmp_path / "x.callout"
    assert callout("build", folder, "-o", file)[0] == 0
    status, out, _ = callout("show", file, "-i", site.inventory / "hosts.yml")
    assert status == 0
    for words in (
        "sequence 3", "expires 2027-01-31T00:00:00Z", "only for acme", "requires PW-1", "conflicts with PW-2",
        "supersedes PW-3", "must be well besides web.gui", "1. Tell them.", "symlink that says 8.1", "by diff",
        "SQL, in one transaction", "Signature: none",
    ):  # fmt: skip
        assert words in out
