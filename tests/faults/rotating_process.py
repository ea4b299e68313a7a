"""Rotations of the vault's keys, each in a process of its own, which kills itself (SIGKILL) at its n-th statement.

Reads one n a line, counted from 1; 0 lets the rotation run to its end. The portal is the one of the environment.
Answers each line with how the process ended: the number of the signal that killed it, or 0. Setting a portal up takes
a second, so the processes are forked from this one, which has done that and has no connection open.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from partner_portal.bootstrap import portal


class Killer:
    """Counts statements and kills the process before the one it was told."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def rotate(at: int) -> None:
    from django.db import connection

    from partner_portal.usecases.vault_keys import rotate_vault

    with connection.execute_wrapper(Killer(at)):
        rotate_vault(portal.parts(mirror=False))


def work() -> None:
    portal.prepare()
    from django.db import connections

    portal.parts(mirror=False)
    importlib.import_module("partner_portal.usecases.vault_keys")
    for line in sys.stdin:
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                rotate(int(line))
                os._exit(0)
            finally:
                traceback.print_exc()
                os._exit(1)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{-status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    work()
