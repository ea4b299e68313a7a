"""A portal in a process of its own, as the tests start it: its words go to standard output, one JSON line each.

python portal_process.py sync       connect, sync through the queue, tell what happened
python portal_process.py begin      connect, and stay while the first sync runs
python portal_process.py resume     start again and sync what was cut off
"""

from __future__ import annotations

import json
import sys
import time

from partner_portal.bootstrap import portal

PATIENCE_SECONDS = 30


def say(**words):
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def wait_for(is_so):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def runs(**only):
    from partner_portal.organizations.models import SyncRun

    return SyncRun.objects.filter(**only).order_by("id")


def connect(parts, organization):
    from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
    from partner_portal.usecases.connect_autotask import connect_autotask, enter_credentials

    test = connect_autotask(parts, organization, enter_credentials(USERNAME, SECRET, INTEGRATION_CODE))
    say(passed=test.passed, asked_again=parts.jobs.enqueue_sync("acme"))


def act(what):
    portal.prepare()
    from partner_portal.organizations.models import Organization
    from partner_portal.usecases.connection_state import connection_state
    from partner_portal.usecases.organizations import add_organization
    from partner_portal.usecases.sales_report import read_sales_report
    from partner_portal.workers import running

    parts = portal.parts()
    if what != "resume":
        add_organization(parts, slug="acme", name="Acme")
    organization = Organization.objects.get()
    running.start()
    if what != "resume":
        connect(parts, organization)
    if what == "begin":
        wait_for(lambda: runs(finished_at=None).exclude(progress={}).exists())
        say(stage=connection_state(parts, organization).stage)
        time.sleep(60)
    wait_for(lambda: runs(outcome="done").exists())
    say(
        runs=list(runs().values_list("outcome", flat=True)),
        sources=read_sales_report(parts, organization)["data"]["sources"],
        syncing=connection_state(parts, organization).is_syncing,
    )
    running.stop()
    running.stop()
    portal.close()


if __name__ == "__main__":
    act(sys.argv[1])
