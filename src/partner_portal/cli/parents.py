"""A web process and the one that started it: without that one nobody would end it, and it would keep the port."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import wait


def end_with_parent(tidy_up: Callable[[], object]) -> None:
    """Where a server started this process: run `tidy_up` when it ends, and end soon after the server has.

    A server's worker process waits for all threads before it runs what `atexit` holds, if it runs it at all.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    multiprocessing.util.Finalize(None, tidy_up, exitpriority=1)

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
