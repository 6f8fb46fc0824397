"""Child processes that do not outlive this one, however it ends.

Linux sends a child the signal that it asked for when its parent dies, also by SIGKILL. Elsewhere only a parent that
ends in order ends its children.
"""

from __future__ import annotations

import os
import shutil
import sys

_TIE = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""PR_SET_PDEATHSIG is 1; it outlives execv. The parent may have died before it was set."""


def tied(command: list[str]) -> list[str]:
    """The command such that the kernel sends it SIGTERM when the thread that starts it ends: use the main thread."""
    if not sys.platform.startswith("linux"):
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        return [setpriv, "--pdeathsig", "TERM", *command]
    program = shutil.which(command[0]) or command[0]
    return [sys.executable, "-I", "-S", "-c", _TIE, str(os.getpid()), program, *command[1:]]
