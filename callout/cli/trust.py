"""`callout trust`: the host keys on file, and a person's word on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell

if TYPE_CHECKING:
    from callout.steps.trust import PortTrust

app = new_app("The host keys that we trust, in the known_hosts file that ssh and access-check read alike.")

System = Annotated[str, typer.Argument(help="Inventory name of the system.", metavar="SYSTEM")]
Port = Annotated[int, typer.Option(help="The SSH port; a SERVERware's 2020 and 2222 have different keys.")]
Fingerprint = Annotated[str, typer.Option(help="SHA256:…, as the customer read it out.")]
Ticket = Annotated[str, typer.Option(help="The ticket under which it was compared.")]
Timeout = Annotated[float, typer.Option("--timeout", min=1, max=600, help="Seconds that one port may take.")]

_UNKNOWN, _REFUSED = 3, 6


@app.command()
def show(
    system: Annotated[str | None, typer.Argument(help="Inventory name; all systems without it.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask each port which key it offers now; no login.")] = False,
    timeout_s: Timeout = 10,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Show the keys on file for each SSH port, who accepted them, and with --ask the key that is offered now.

    With --ask it exits 6 where a key is unknown, changed or revoked, and 3 where none was shown; without an
    address on file it always exits 3.
    """
    from callout.steps.trust import look_at_trust

    context = context_for(inventory)
    known = inventory_of(context)
    systems = [known.system(system)] if system else list(known.systems.values())
    for one in systems:
        if not one.target.address:
            tell(f"No address of {one.name} is on file (ansible_host): nothing can be said of its host keys.")
    ports = look_at_trust(context, systems, ask=ask, timeout_s=timeout_s)
    if as_json:
        print_json({"known_hosts": str(context.places.known_hosts), "ports": [port.as_dict() for port in ports]})
    else:
        for port in ports:
            _print(port)
    raise typer.Exit(_status(ports) or (_UNKNOWN if any(not one.target.address for one in systems) else 0))


@app.command()
def accept(
    system: System,
    port: Port,
    fingerprint: Fingerprint,
    ticket: Ticket,
    replace: Annotated[bool, typer.Option("--replace", help="The key has changed, and rightly: old keys go.")] = False,
    revoke_old: Annotated[
        bool, typer.Option("--revoke-old", help="With --replace: withdraw the old keys for good (@revoked).")
    ] = False,
    timeout_s: Timeout = 10,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Trust the key that the port offers now, if it has exactly this fingerprint. Never a revoked one."""
    from callout.steps.trust import accept_host_key

    context = context_for(inventory)
    one = inventory_of(context).system(system)
    event = accept_host_key(
        context, one, port, fingerprint, ticket, replace=replace, revoke_old=revoke_old, timeout_s=timeout_s
    )
    if as_json:
        print_json({"event": event.as_dict()})
        return
    body = event.body
    print(f"Trusted: {body['kind']} {body['fingerprint']} of {system} port {port}, ticket {body['ticket']}.")
    if body["replaced"]:
        print(f"The old keys were {body['replaced_keys']}: {', '.join(body['replaced'])}.")


@app.command()
def revoke(
    system: System,
    port: Port,
    fingerprint: Fingerprint,
    ticket: Ticket,
    timeout_s: Timeout = 10,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Withdraw a key for good, on every host (@revoked): it can never be accepted again."""
    from callout.steps.trust import revoke_host_key

    context = context_for(inventory)
    event = revoke_host_key(
        context, inventory_of(context).system(system), port, fingerprint, ticket, timeout_s=timeout_s
    )
    if as_json:
        print_json({"event": event.as_dict()})
    else:
        print(f"Revoked: {event.body['kind']} {event.body['fingerprint']}, ticket {event.body['ticket']}.")


def _print(trust: PortTrust) -> None:
    from callout.programs import printable
    from callout.steps.trust import accept_hint

    told = trust.as_dict()
    print(f"{trust.system} port {trust.port} ({trust.name})")
    for key in told["on_file"]:
        word = {"@revoked": "revoked", "@cert-authority": "authority"}.get(key["marker"], "on file")
        line = f"  {word:<9}  {printable(key['kind'])} {key['fingerprint']}"
        if "event" in key:
            said = f"{key['event'].removeprefix('host_key_')} {key['at'][:10]} by {key['actor']}, {key['ticket']}"
            line += f"  {printable(said)}"
        print(line)
    if not told["on_file"]:
        print("  on file    nothing")
    if offered := told.get("offered"):
        seen = offered.get("seen") or f"{offered['kind']} {offered['fingerprint']}"
        print(f"  offered    {printable(seen)}  {offered['verdict'].removeprefix('host-key-')}")
        if hint := accept_hint(trust):
            print(f"    {hint}")


def _status(ports: list[PortTrust]) -> int:
    verdicts = [offered["verdict"] for port in ports if (offered := port.as_dict().get("offered"))]
    if any(verdict.startswith("host-key-") for verdict in verdicts):
        return _REFUSED
    return _UNKNOWN if "unknown" in verdicts else 0
