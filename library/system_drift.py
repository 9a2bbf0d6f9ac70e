"""Documentation of system_drift; the work is done by plugins/action/system_drift.py on the engineer's side."""

DOCUMENTATION = r"""
module: system_drift
short_description: Records how a system is meant to be, and finds what was changed since, and by whom
version_added: 0.1.0
description:
  - Looks at files, packages, accounts, services, settings and the database's structure by short shell scripts. Nothing
    is installed or changed on the system, and no Python is needed there.
  - Each change since the baseline gets a verdict with its evidence. C(unsupported) is an accusation and is said only
    where everything that could explain the change was asked and said no; what cannot be told is C(unknown).
options:
  state:
    description:
      - C(found) looks, compares with the baseline and records the verdicts.
      - C(baseline) records a baseline; a later one is refused while any change is unexplained.
      - C(renewed) does the same after a call-out of ours, where the system has a baseline, and never fails for it.
    type: str
    choices: [found, baseline, renewed]
    default: found
  callout:
    description: The call-out that the look belongs to (C(CO-0001)). C(renewed) needs one.
    type: str
    default: ""
  full:
    description: Reads every file, not only those that are not as they were. A first baseline always does.
    type: bool
    default: false
  because:
    description: With C(baseline), why it is recorded now.
    type: str
    default: ""
  fail_on_drift:
    description: With C(found), fails the task for a change that is unsupported or unknown and was not waived.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    description: Looks and judges in the same way, and records nothing.
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
- name: Record how it is after the installation
  system_drift:
    state: baseline
    because: installed by us

- name: Find what was changed since, and by whom
  system_drift:
    state: found
    fail_on_drift: false
  register: drift
"""

RETURN = r"""
outcome:
  description: What the look came to.
  returned: with state=found
  type: str
  sample: clean
counts:
  description: How many changes there are of each provenance; waived ones apart.
  returned: with state=found
  type: dict
  sample: {ours: 3, package_manager: 12, unsupported: 1}
findings:
  description: Changes that are unsupported, unknown or waived, each with its verdict and evidence.
  returned: with state=found
  type: list
  elements: dict
unknown:
  description: Sections that could not be compared, and why.
  returned: with state=found
  type: list
  elements: dict
look:
  description: The id of the look.
  returned: when a look was made
  type: str
renewed:
  description: Whether the baseline was renewed, in a sentence.
  returned: with state=renewed
  type: str
reasons:
  description: Why no baseline was recorded; everything at once.
  returned: when refused
  type: list
  elements: dict
exit_code:
  description: 0 clean or explained, 3 unsupported changes, 4 only what could not be told, 8 baseline refused.
  returned: always
  type: int
msg:
  description: What failed, as one sentence.
  returned: on failure
  type: str
hint:
  description: What to do about it.
  returned: on failure
  type: str
"""
