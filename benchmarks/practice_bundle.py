"""A signed bundle of twenty files for the systems of separate_sites, as a vendor's developer would make it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.separate_sites import Sites, new, old


def make_bundle(sites: Sites, inventory: Path, identifier: str = "PW-2041", **values: object) -> Path:
    """The bundle file; its key is the one that the inventory allows to sign from now on."""
    source = sites.folder / f"source-{identifier}"
    (source / "files").mkdir(parents=True)
    files = []
    for path in sites.paths:
        (source / "files" / path.name).write_bytes(new(path))
        before = [hashlib.sha256(old(path)).hexdigest()]
        files.append({"path": str(path), "action": "replace", "before": before, "content": f"files/{path.name}"})
    manifest = {
        "id": identifier, "title": "Keeps the login page from forgetting", "severity": "critical",
        "products": ["pbxware"], "versions": "any", "bug": "PBX-77", "documentation": "https://docs.example/PBX-77",
        "downtime_minutes": 5, "restart": ["web"], "files": files, **values,
    }  # fmt: skip
    (source / "bundle.yml").write_text(json.dumps(manifest))
    return signed_bundle(source, inventory, sites.folder, identifier)


def signed_bundle(source: Path, inventory: Path, folder: Path, identifier: str = "PW-2041") -> Path:
    """Builds and signs a source folder; the key is made in `folder`, and allowed by the inventory from now on."""
    key = folder / f"release-{identifier}"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "anna", "-f", str(key)], check=True)
    kind, public = key.with_suffix(".pub").read_text().split()[:2]
    line = f'anna@vendor.example namespaces="callout-bundle" {kind} {public}\n'
    with (inventory / "allowed_signers").open("a") as signers:
        signers.write(line)
    built = inventory.parent / f"{identifier}.callout"
    command = str(Path(sys.executable).with_name("callout"))
    for words in (["build", str(source), "-o", str(built)], ["sign", str(built), "--key", str(key)]):
        subprocess.run([command, "patch", *words], check=True, capture_output=True)
    return built
