"""`callout patch …`: make, build, lint, sign, verify and show bundles; end a run that was cut; take a bundle back."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli import patch_inventory
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell

if TYPE_CHECKING:
    from callout.patches.trust import Trust

app = new_app("Signed patch bundles: new, build, lint, sign, verify, show, who, exposed, recover, roll back.")
patch_inventory.register(app)

BundleArgument = Annotated[Path, typer.Argument(help="The bundle, like PW-2041.callout.", metavar="FILE")]
CalloutArgument = Annotated[str, typer.Argument(help="The call-out, like CO-0001.", metavar="ID")]


@app.command("new")
def new_bundle(
    folder: Annotated[Path, typer.Argument(help="Where the source folder is made.")],
    bundle_id: Annotated[str, typer.Option("--id", help="The bundle's id, like PW-2041.")] = "PW-0000",
    before: Annotated[Path | None, typer.Option(help="A tree as it was.")] = None,
    after: Annotated[Path | None, typer.Option(help="The tree as it is to be.")] = None,
    at: Annotated[str, typer.Option(help="Where the tree's top is on the system, like /opt/pbxware.")] = "",
    diffs: Annotated[bool, typer.Option("--diffs", help="Carry changed texts as diffs, not whole.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a source folder: a commented bundle.yml to fill in, its files from two trees if you have them."""
    from callout.errors import BadInput
    from callout.patches.new_folder import make_folder
    from callout.patches.tree_difference import tree_difference
    from callout.steps.world import now

    if (before is None) != (after is None) or (before is None) != (not at):
        raise BadInput("--before, --after and --at go together.", "Name both trees and where they lie on the system.")
    difference = tree_difference(before, after, at, as_diffs=diffs) if before and after else None
    source = make_folder(folder, {"id": bundle_id}, now(), difference)
    if as_json:
        print_json({"source": str(source), "files": len(difference.files) if difference else 0})
    else:
        print(f"{source}: {len(difference.files) if difference else 'no'} files.")
    tell(f"Fill it in, then: callout patch build {folder} -o {bundle_id}.callout")


@app.command("lint")
def lint_bundle(
    path: Annotated[Path, typer.Argument(help="A source folder, or a bundle.", metavar="FOLDER|FILE")],
    as_json: JsonOption = False,
) -> None:
    """Say what an experienced colleague would, before you sign. Exits 3 where something must not be signed."""
    from callout.findings import exit_code
    from callout.patches.build import build
    from callout.patches.bundle import read_container, read_payload
    from callout.patches.lint import lint
    from callout.steps.world import now

    bundle = read_payload(build(path) if path.is_dir() else read_container(path), str(path))
    findings = lint(bundle, now())
    if as_json:
        print_json({"bundle": str(path), "id": bundle.manifest.id, "findings": [one.as_dict() for one in findings]})
    else:
        for one in findings:
            print(f"{one.status}: {one.seen} {one.remedy}".rstrip())
    raise typer.Exit(exit_code(findings))


@app.command("build")
def build_bundle(
    folder: Annotated[Path, typer.Argument(help="Source folder: bundle.yml and the files it names.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the bundle goes, like PW-2041.callout.")],
    as_json: JsonOption = False,
) -> None:
    """Build a bundle, unsigned. The same folder gives the same bytes, anywhere."""
    from callout.patches.build import build
    from callout.patches.files import write_bundle

    container = build(folder)
    write_bundle(output, container)
    if as_json:
        print_json({"bundle": str(output), "sha256": container.sha256})
    else:
        print(f"{output}  sha256 {container.sha256}")
    tell(f"Not signed yet: callout patch sign {output} --key KEY")


@app.command("sign")
def sign_bundle(
    file: BundleArgument,
    key: Annotated[Path, typer.Option(help="Private key, or the .pub of one that ssh-agent holds.")],
    anew: Annotated[bool, typer.Option("--anew", help="Leave out the signatures that are there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add your signature to a bundle. What was signed before stays signed, but with --anew: for keys that expired."""
    from callout.errors import BadInput
    from callout.patches.bundle import MAXIMUM_SIGNATURES, Container, read_container, read_payload
    from callout.patches.files import write_bundle
    from callout.patches.signature import sign

    container = read_container(file)
    bundle = read_payload(container, str(file))
    signatures = (*(() if anew else container.signatures), sign(container.payload, key))
    if len(signatures) > MAXIMUM_SIGNATURES:
        raise BadInput(f"{file} has {MAXIMUM_SIGNATURES} signatures, the most there can be.", "Sign it with --anew.")
    write_bundle(file, Container(container.payload, signatures))
    if as_json:
        print_json({"bundle": str(file), "sha256": bundle.sha256, "signatures": len(signatures)})
    else:
        print(f"{file}: {bundle.manifest.id} signed, {len(signatures)} in all.")


@app.command("verify")
def verify_bundle(file: BundleArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Say who signed a bundle, and whether they may. Exit status 6 where it is not to be trusted."""
    from callout.patches.signature import trusted_bundle

    bundle, signers = trusted_bundle(file, *_trust(inventory))
    if as_json:
        print_json({"id": bundle.manifest.id, "sha256": bundle.sha256, "signers": signers})
    else:
        print(f"{file}: good. {bundle.manifest.id}, signed by {', '.join(signers)}.")


@app.command("show")
def show_bundle(file: BundleArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Show what a bundle says of itself, trusted or not; the signatures' answers are the last lines."""
    from callout.patches.bundle import read_container, read_payload
    from callout.patches.manifest_text import manifest_text
    from callout.patches.signature import judge

    container = read_container(file)
    bundle = read_payload(container, str(file))
    verdicts = judge(container, *_trust(inventory))
    told = [{"answer": str(one.answer), "signer": one.signer, "fingerprint": one.fingerprint} for one in verdicts]
    if as_json:
        manifest = bundle.manifest.model_dump(mode="json")
        print_json({"manifest": manifest, "sha256": bundle.sha256, "signatures": told})
        return
    print(manifest_text(bundle.manifest, bundle.sha256))
    for one in told:
        print(f"Signature: {one['answer']} {one['signer']} {one['fingerprint']}".rstrip())
    if not told:
        print("Signature: none")


@app.command("recover")
def recover_runs(callout: CalloutArgument, as_json: JsonOption = False, inventory: InventoryOption = None) -> None:
    """Bring a cut run of a call-out to its end: in and well, or the old files."""
    from callout.steps.patch_health import health_for_change
    from callout.steps.record import opening_of
    from callout.steps.recover import recover

    context = context_for(inventory, must_exist=True)
    system = inventory_of(context).system(opening_of(context.ledger, callout).system)
    ended = recover(context, system, callout, health_for_change(context, system, callout))
    outcomes = [{"bundle": one.transaction.bundle, "outcome": str(one.outcome)} for one in ended]
    if as_json:
        print_json({"callout": callout, "recovered": outcomes})
        return
    for one in outcomes:
        print(f"{system.name}: {one['bundle']} {one['outcome']}.")
    if not outcomes:
        print(f"{callout}: no run was cut; nothing to do.")


@app.command("take-over")
def take_over_run(
    callout: CalloutArgument,
    because: Annotated[str, typer.Option(help="Why: the ledger keeps it.")],
    bundle: Annotated[str, typer.Option(help="The file of what was being applied, or the id of what was taken back.")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """End the cut run of a colleague whose machine is lost: in and well, or the old files."""
    from callout.steps.patch_health import health_for_change
    from callout.steps.record import opening_of
    from callout.steps.take_over import take_over

    context = context_for(inventory, must_exist=True)
    system = inventory_of(context).system(opening_of(context.ledger, callout).system)
    ended = take_over(context, system, callout, health_for_change(context, system, callout), bundle, because)
    outcome = str(ended.outcome) if ended else "nothing to do"
    if as_json:
        print_json({"callout": callout, "system": system.name, "outcome": outcome})
    else:
        print(f"{system.name}: {ended.transaction.bundle if ended else callout} {outcome}.")


@app.command("roll-back")
def roll_back_bundle(
    callout: CalloutArgument,
    bundle: Annotated[str, typer.Option(help="The bundle's id, like PW-2041.")],
    check: Annotated[bool, typer.Option("--check", help="Say what would be done; change nothing.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show the changes of text files.")] = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Put back what a bundle replaced. Refused where a file was changed after it."""
    from callout.patches.before_after import unified
    from callout.steps.patch_health import health_once
    from callout.steps.record import require_open
    from callout.steps.roll_back import roll_back

    context = context_for(inventory, must_exist=True)
    system = inventory_of(context).system(require_open(context.ledger, callout).system)
    outcome = roll_back(context, system, callout, bundle, health_once(context, system), check)
    if as_json:
        print_json({"callout": callout, "system": system.name, **outcome.as_dict(diff=diff)})
        return
    if diff:
        print(unified(outcome.diff), end="")
    did = "would be rolled back" if check else "rolled back"
    print(f"{system.name}: {bundle} {did if outcome.changed else 'is not in; nothing to do'}.")


def _trust(inventory: Path | None) -> tuple[Trust, dt.datetime]:
    """By what the inventory's policy judges a bundle, and the time."""
    from callout.inventory import load_inventory
    from callout.patches.signature import trust_of
    from callout.places import find_places
    from callout.steps.world import now

    places = find_places(inventory, os.environ, Path.cwd())
    return trust_of(places.folder, load_inventory(places).policy.patches), now()
