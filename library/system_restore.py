"""Documentation of system_restore; the work is done by plugins/action/system_restore.py on the engineer's side."""

DOCUMENTATION = r"""
module: system_restore
short_description: Puts a verified backup back onto a system, all of it as planned or nothing
version_added: 0.1.0
description:
  - Looks at the system first and plans which entries are created, replaced and left; what stands in the way refuses all
    of it, as does a system that is in use and was not named and confirmed.
  - What is sent is staged beside its targets and compared by hash there before anything is swapped. Everything that is
    replaced is kept on the system, the present database in the store. A failure or a cut takes all of it back.
  - What lets us in (sshd's files, root's keys, root's line of the shadow file) comes last and is proven by a second
    connection before the restore counts as done.
  - Needs no Python there; GNU or busybox tar, xargs and sha256sum.
options:
  callout:
    description: The call-out (C(CO-0001)) that the restore belongs to.
    type: str
    required: true
  backup:
    description: The backup's id, or a system's name for its newest verified backup.
    type: str
    required: true
  onto:
    description: The name of the system that is meant; needed where it is in use, or is not the one that was backed up.
    type: str
    default: ""
  overwrite_live:
    description: Really overwrite a system that is in use.
    type: bool
    default: false
  paths:
    description: Only these absolute paths, each with what is below it; empty for all files.
    type: list
    elements: str
    default: []
  parts:
    description: What is put back.
    type: list
    elements: str
    choices: [files, database]
    default: [files, database]
  keep_host_keys:
    description: The system keeps the SSH host keys that it has now.
    type: bool
    default: false
  database_is_lost:
    description: Do not keep the present database, which cannot be dumped any more.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Looks, and returns the plan with everything that speaks against it; changes nothing.
  diff_mode:
    support: partial
    description: Names the files that are created and replaced, not their contents.
  platform:
    platforms: posix
    support: full
    description: Any system with OpenSSH, a POSIX shell, xargs, sha256sum, and GNU or busybox tar.
author:
  - The callout project (@callout)
"""

EXAMPLES = r"""
- name: Put the newest backup back onto the reinstalled system
  system_restore:
    callout: "{{ run.callout }}"
    backup: acme-pbx1

- name: Put one folder back
  system_restore:
    callout: "{{ run.callout }}"
    backup: acme-pbx1-20261123T011500Z
    onto: acme-pbx1
    overwrite_live: true
    paths: [/opt/pbxware/pw/etc]
    parts: [files]
"""

RETURN = r"""
restore:
  description: The restore's id, for callout backup restore-undo and restore-let-go; empty where nothing was changed.
  returned: success, not in check mode
  type: str
plan:
  description: Counts and names of what is created and replaced, bytes, identity of the system, what is left by hand.
  returned: success
  type: dict
findings:
  description: Every rule that was asked, rows counted, and the health compared with that at the time of the backup.
  returned: success
  type: list
  elements: dict
kept:
  description: The folders on the system in which the replaced files are.
  returned: success, not in check mode
  type: list
  elements: str
exit_code:
  description: 2 bad input, 6 host key, 7 no such archive, 8 refused, 9 locked, 10 taken back, 11 not taken back.
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
