"""Documentation of patch_inventory; the work is done by plugins/action/patch_inventory.py on the engineer's side."""

DOCUMENTATION = r"""
module: patch_inventory
short_description: Says which patch bundles lie on a system
version_added: 0.1.0
description:
  - C(system) looks at every file that a bundle of ours changed, and at those of the bundles that were announced for the
    product, in one round trip, and tells by their hashes whether each bundle is in, was rolled back, was overwritten by
    an upgrade of the product, or was modified. What it found is recorded as C(patch_inventoried).
  - C(ledger) asks nothing of the system; it says whether one bundle is in and was found well, so that a run over many
    systems can leave out those that are done.
  - Nothing is changed on the system, and nothing is installed there.
options:
  look:
    description: Whether to look at the system, or only into the ledger.
    type: str
    choices: [system, ledger]
    default: system
  bundle:
    description: The signed bundle file that C(ledger) is about.
    type: path
  callout:
    description: The call-out (C(CO-0001)) that the look belongs to; empty for a look by itself.
    type: str
    default: ""
attributes:
  check_mode:
    support: full
    description: The same look, recorded in a copy of the ledger.
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
- name: See which patches lie there
  patch_inventory:

- name: Ask whether this one is done already
  patch_inventory:
    look: ledger
    bundle: PW-2041.callout
"""

RETURN = r"""
bundles:
  description: Each bundle with its standing, and the files that are not simply in.
  returned: success, with look=system
  type: list
  elements: dict
  sample:
    - bundle: PW-2041
      standing: overwritten
      note: The product has another version than when it was put in.
      files: [{path: /opt/pbxware/pw/var/www/login.php, standing: other}]
version:
  description: The product's version, none where it could not be had.
  returned: success, with look=system
  type: str
looked_at:
  description: How many paths were looked at.
  returned: success, with look=system
  type: int
findings:
  description: One finding per bundle.
  returned: success, with look=system
  type: list
  elements: dict
done:
  description: Whether this very bundle is in and was verified.
  returned: success, with look=ledger
  type: bool
standing:
  description: How the bundle stands by the ledger.
  returned: success, with look=ledger
  type: str
exit_code:
  description: 2 bad input, 6 trust refused.
  returned: on failure
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
