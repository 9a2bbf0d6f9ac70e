"""Documentation of change_gate; the work is done by plugins/action/change_gate.py on the engineer's side."""

DOCUMENTATION = r"""
module: change_gate
short_description: Lets a change through, or refuses it with every reason at once
version_added: 0.1.0
description:
  - The gate looks twice. C(before_anything) asks for a ticket, fine access, a plan, the customer's consent to this very
    plan, entitlement (a maintenance contract, or a consent that covers charging), and the customer's change window.
  - C(right_before) asks for the first look, a fresh and verified backup, no calls in progress, and that the system is
    still as it was planned.
  - What is unknown does not pass. A refusal is recorded as C(gate_refused) and fails the task.
options:
  callout:
    description: The call-out (C(CO-0001)) that wants to change the system.
    type: str
    required: true
  look:
    description: Which of the two looks.
    type: str
    choices: [before_anything, right_before]
    default: before_anything
  bundle:
    description: The signed bundle that is about to be applied; C(right_before) compares the system with its plan.
    type: path
attributes:
  check_mode:
    support: full
    description: Looks in the same way, records in a copy of the ledger, and takes the backup as made.
  diff_mode:
    support: none
    description: It changes nothing.
  platform:
    platforms: posix
    support: full
    description: Any system with OpenSSH and a POSIX shell.
author:
  - The callout project (@callout)
"""

EXAMPLES = r"""
- name: Pass the gate before anything is touched
  change_gate:
    callout: "{{ run.callout }}"

- name: Pass the gate right before the change
  change_gate:
    callout: "{{ run.callout }}"
    look: right_before
    bundle: PW-2041.callout
"""

RETURN = r"""
findings:
  description: One finding per rule, in the order in which the gate asks.
  returned: when the gate was passed
  type: list
  elements: dict
  sample:
    - check: gate.ticket
      status: pass
      code: ok
      seen: Ticket T-4711.
      move: nobody
      remedy: ""
      evidence: {}
reasons:
  description: Every finding that refuses, with whose move it is and the remedy.
  returned: when refused
  type: list
  elements: dict
exit_code:
  description: 8 where the gate refused.
  returned: on failure
  type: int
msg:
  description: The refusal, as one sentence.
  returned: on failure
  type: str
hint:
  description: What to do about it.
  returned: on failure
  type: str
"""
