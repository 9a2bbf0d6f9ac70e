"""OpenSSH session to a system, and the POSIX scripts that run there."""

from callout.shell.scripts_shelf import script
from callout.shell.session import OpenSSHSession, Session

__all__ = ["OpenSSHSession", "Session", "script"]
