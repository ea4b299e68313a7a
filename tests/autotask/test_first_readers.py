"""The first syncs of a process begin at the same moment, each in a thread of its own."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys, threading
sys.setswitchinterval(1e-6)
from partner_portal.autotask.catalog import CATALOG
from partner_portal.autotask.decoding import PageReader
start = threading.Barrier(8)
def read():
    start.wait()
    for entity in CATALOG:
        [row] = PageReader(entity).page(b'{"items":[{"id":1}],"pageDetails":{}}', ["id"]).rows
        assert row.id == 1
threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("all read")
"""


def test_readers_that_are_made_at_once_in_many_threads_read() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "all read\n")
