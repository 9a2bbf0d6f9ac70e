"""Documentation of callout_record; the work is done by plugins/action/callout_record.py on the engineer's side."""

DOCUMENTATION = r"""
module: callout_record
short_description: Opens, plans and finishes a call-out in the ledger
version_added: 0.1.0
description:
  - A call-out is one record of a piece of work on one customer's system, with ticket, reason, plan, time and outcome.
  - C(opened) opens a call-out, or takes up an open one. C(planned) looks at the system and writes down what a signed
    bundle would do to it. C(finished) logs the run as work and closes the call-out.
  - Every state appends events to the ledger beside the inventory; nothing is ever changed in it.
  - Only C(planned) talks to the system. Nothing is installed there, and no Python is needed there.
options:
  state:
    description: What is to be recorded.
    type: str
    required: true
    choices: [opened, planned, finished]
  callout:
    description:
      - The call-out (C(CO-0001)). With C(opened) an empty one opens a new call-out, a named one is taken up if it is
        open and of this system.
      - The other states need it.
    type: str
    default: ""
  ticket:
    description: The ticket that a new call-out is about. Every matter is one.
    type: str
    default: ""
  reason:
    description: What is to be done in a new call-out, and why.
    type: str
    default: ""
  emergency:
    description: Why the customer's change window does not count; empty where it does.
    type: str
    default: ""
  take_up:
    description:
      - Instead of opening a new call-out, go on with the system's open one of the same ticket that has a plan, the
        newest of them; where there is none a new one is opened.
    type: bool
    default: false
  bundle:
    description: The signed bundle that C(planned) looks at.
    type: path
  started_at:
    description: When the run began, in UTC, as C(opened) returned it; for C(finished).
    type: str
    default: ""
  failure:
    description: The failure that ended the run. Empty closes the call-out as C(satisfied), else as C(not-possible).
    type: str
    default: ""
  steady:
    description:
      - The reading of this machine's clock since boot when the run began, as C(opened) returned it; for C(finished).
      - With it the duration stays right when somebody sets the clock meanwhile. Empty counts by the wall clock.
    type: str
    default: ""
  first_seq:
    description: The place in the ledger of the run's first event, as C(opened) returned it; for C(finished).
    type: int
    default: 0
  playbook:
    description: The playbook whose run C(finished) logs as work.
    type: str
    default: maintain
attributes:
  check_mode:
    support: full
    description: Works on a copy of the ledger that lives as long as the run; nothing is recorded.
  diff_mode:
    support: none
    description: Events are only appended. The plan itself says what would change in which file.
  platform:
    platforms: posix
    support: full
    description: Any system with OpenSSH and a POSIX shell.
author:
  - The callout project (@callout)
"""

EXAMPLES = r"""
- name: Open a call-out
  callout_record:
    state: opened
    ticket: T-4711
    reason: Calls drop after 30 s
  register: run

- name: Plan the change
  callout_record:
    state: planned
    callout: "{{ run.callout }}"
    bundle: PW-2041.callout
  register: plan

- name: Log the time and close the call-out
  callout_record:
    state: finished
    callout: "{{ run.callout }}"
    started_at: "{{ run.started_at }}"
    steady: "{{ run.steady }}"
    first_seq: "{{ run.first_seq }}"
    failure: "{{ call_out_failure }}"
"""

RETURN = r"""
callout:
  description: The call-out's number.
  returned: for opened and finished
  type: str
  sample: CO-0001
started_at:
  description: When the run began, in UTC.
  returned: for opened
  type: str
  sample: "2026-03-02T09:00:00.000000Z"
steady:
  description: This machine's clock since boot at that moment; empty where it has none.
  returned: for opened
  type: str
first_seq:
  description: The place in the ledger of the run's first event.
  returned: for opened
  type: int
playbook:
  description: The playbook whose run it is, as it was given.
  returned: for opened
  type: str
balance:
  description: What is left of the customer's contracts, and as of when; empty where nothing is known or can be left.
  returned: for opened
  type: str
plan:
  description: What would be done to which system by which bundle; see docs/glossary.md.
  returned: for planned
  type: dict
hash:
  description: The plan's hash, which the customer's consent names.
  returned: for planned
  type: str
verdict:
  description: C(applicable), C(already-in), C(superseded) or C(blocked).
  returned: for planned
  type: str
seconds:
  description: How long the run took, in seconds, before any rounding.
  returned: for finished
  type: int
closed:
  description: Whether this task closed the call-out; false where somebody else had.
  returned: for finished
  type: bool
exit_code:
  description: The exit status that the command line gives for the same failure.
  returned: on failure
  type: int
reasons:
  description: Every reason of a refusal.
  returned: when refused by policy
  type: list
  elements: dict
msg:
  description: What failed, as one sentence.
  returned: on failure
  type: str
hint:
  description: What to do about it.
  returned: on failure
  type: str
"""
