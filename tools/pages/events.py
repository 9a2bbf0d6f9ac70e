"""docs/reference/events.md: the columns of the ledger, the kinds of event and what each says."""

from __future__ import annotations

from pages.markdown import code, table

# What one event of each kind says. The set is held against callout.ledger.event.KINDS.
SAYS = {
    "opened": "A call-out was opened: ticket, reason, product, contract, emergency.",
    "access_checked": "Access was checked, with every finding.",
    "planned": "What a bundle would do to the system: the plan, its hash, its verdict.",
    "consented": "The customer said yes to one plan's hash: who, how, where it can be read, charging or not.",
    "gate_passed": "The first look of the gate let the call-out through, with every finding.",
    "gate_confirmed": "The second look, right before the change, let it through.",
    "gate_refused": "One of the looks refused, with every reason.",
    "backed_up": "A backup was made and verified: archive, sizes, hashes, verification.",
    "backup_failed": "A backup or its verification came to no good end.",
    "backup_pinned": "A person pinned a backup: it stays until it is unpinned; reason, ticket.",
    "backup_unpinned": "A person took the pins of a backup away: reason, ticket.",
    "backup_prune_begun": "A backup is about to be removed, and why; from here on nobody relies on it.",
    "backup_pruned": "It is removed from the store.",
    "backups_compared": "What differs between the backups before and after a change: counts and names, no contents.",
    "drilled": "A backup was restored and tried in a scratch machine: what it came to, every finding, the time.",
    "restore_begun": "A backup is about to be put back: which, what of it, counts, the plan's hash.",
    "restored": "It is back: rows counted, what is kept where, what is left to do by hand.",
    "restore_failed": "It could not be put back; whether everything is as it was before.",
    "restore_undone": "What a restore had replaced was put back.",
    "restore_let_go": "What a restore had kept of the time before was removed.",
    "health_checked": "How the system was before the change, or that it is not well after it.",
    "baseline_recorded": "A look is the system's baseline from here on: its file's hash, what came whole, who signed.",
    "baseline_refused": "No baseline was recorded, and every reason: a change nobody explained, what was not seen.",
    "drift_looked": "The system was held against its baseline: what it came to, findings that stand or are waived.",
    "drift_waived": "A person lets a finding, or a pattern of them, stay until a day: ticket, reason.",
    "drift_waiver_ended": "A waiver was ended before its day, and why.",
    "patch_announced": "A bundle is known: what it is for, its files' hashes, when its bug was confirmed.",
    "patch_inventoried": "Which bundles lie on the system, read back by the hash of every patched file.",
    "patched": "The bundle is in: files with their hashes before and after.",
    "patch_deferred": "The bundle was not begun because of calls in progress: why, and how many.",
    "patch_failed": "The bundle could not be put in, or the system was not well with it.",
    "rolled_back": "What a bundle had replaced was put back.",
    "rollback_failed": "It could not be put back: a person is needed at once.",
    "verified": "The system is as well after the change as before it.",
    "work_started": "Somebody began to work.",
    "work_logged": "A piece of work with its raw seconds; a playbook's run or a person's session.",
    "work_amended": "A correction to a piece of work; it names the event that it corrects.",
    "session_recorded": "An ssh session whose time a running session counts: its recording's hash, how it ended.",
    "recording_pruned": "A recording was removed as policy says; its hash stays.",
    "expense_logged": "Travel or another expense: amount, currency, date, ticket.",
    "work_judged": "A person overrides whether a piece of work is charged, with a reason beside the rule's own word.",
    "work_deducted": "Minutes of a piece of work that are not billed, with a reason.",
    "quoted": "A quote: hours and amount, its cap, what they rest on, until when it is good.",
    "quote_accepted": "The customer took a quote, under their order's reference.",
    "quote_declined": "The customer did not take a quote, and why.",
    "bill_made": "A bill was made for a customer's month.",
    "bill_submitted": "A month's bill is put before a reviewer: its hash, and a mark for each line.",
    "bill_approved": "Somebody other than who worked approved it.",
    "bill_rejected": "The reviewer sent it back, and why.",
    "written_off": "A line is not asked for, or not wholly, with a reason; the original amount stays beside it.",
    "invoice_issued": "An invoice left the house: number, content, the work that it bills, its part of shared time.",
    "credit_note_issued": "A correction of an invoice: its number, what it takes back, and why.",
    "ledger_sealed": "The head of the chain was signed; the seal is kept elsewhere.",
    "host_key_accepted": "A person took a host key into the trust store: port, fingerprint, ticket, what it replaced.",
    "host_key_revoked": "A person withdrew a host key: port, fingerprint, ticket.",
    "mail_received": "A mail is on the shelf: what it came to (a case, set aside), its text, its attachments.",
    "mail_filed": "A person filed a mail that was set aside, or dropped it, and why.",
    "case_opened": "A matter began: channel, who asks, subject, priority, entitlement, its clocks' rules.",
    "case_heard": "The customer said something more.",
    "case_told": "Something was said to the customer: a letter, a reply; whose turn it is from then on.",
    "case_paused": "The clocks stand still: whose turn it is, and why.",
    "case_resumed": "They run again.",
    "case_changed": "Priority, contract, subject, system, or who does the work: old, new, why, the rules from then on.",
    "case_deadline_set": "A person set a clock's deadline, and why; it stays.",
    "case_justified": "Why a deadline was not kept.",
    "case_escalated": "The customer escalated: level, concern, who is in copy, the attempts before.",
    "case_acknowledged": "The escalation was answered by the one who has to.",
    "case_linked": "A call-out, patch, finding, quote or another case belongs to it.",
    "case_judged": "Whether an emergency was one, or was man-made, and why.",
    "case_refused": "What was asked for and not granted, with every reason.",
    "case_ended": "The matter ended with exactly one of the five outcomes, and with what that outcome must say.",
    "case_reopened": "It goes on, and why; nothing of before is lost.",
    "case_bridged": "It was read from another ticket system, or told to it.",
    "letter_written": "A letter is in the outbox: to whom, its hash.",
    "letter_tried": "Sending it began; or it ended without the letter having gone, or nobody knows; and why.",
    "letter_sent": "It was sent, or somebody will send it by hand; who did not take it.",
    "accepted": "The customer accepted the work: who, how, where it can be read.",
    "closed": "The call-out ended with exactly one of the five outcomes.",
    "noted": "A remark by a person.",
}
COLUMNS = (
    ("seq", "place in the chain, from 1, without gaps"),
    ("id", "unique name of the event"),
    ("at", "when it happened, UTC; another offset stands in the body as `at_offset`"),
    ("recorded_at", "when we were told, UTC"),
    ("actor", "who worked: `name@machine`, or `CALLOUT_ACTOR`"),
    ("customer", "inventory group, may be empty"),
    ("system", "inventory host, may be empty"),
    ("callout", "number of the call-out (`CO-0001`), may be empty"),
    ("kind", "one of the kinds below"),
    ("body", "canonical JSON: sorted keys, no spaces, no floats, at most 1 MiB, never a secret"),
    ("prev_hash", "hash of the event before; 64 zeros for the first"),
    ("hash", "SHA-256 over the canonical JSON of all other columns"),
)


def page() -> str:
    """Columns, then kinds in the order of a call-out. Raises SystemExit where the code knows others."""
    from callout.ledger import event

    if set(SAYS) != event.KINDS:
        raise SystemExit(f"tools/pages/events.py and KINDS differ in: {sorted(set(SAYS) ^ event.KINDS)}")
    if [name for name, _ in COLUMNS] != list(event.COLUMNS):
        raise SystemExit("tools/pages/events.py and the ledger's COLUMNS differ")
    return (
        "# Events\n\nThe ledger is append-only. A correction is a new event that names the old one.\n\n"
        + table(("Column", "Meaning"), [(code(name), meaning) for name, meaning in COLUMNS])
        + "\n## Kinds\n\n"
        + table(("Kind", "What it says"), [(code(kind), says) for kind, says in SAYS.items()])
    )
