"""A portal in a process of its own, as the tests start it: its words go to standard output, one JSON line each.

python portal_process.py sync       connect, sync through the queue, tell what happened
python portal_process.py begin      connect, and stay while the first sync runs
python portal_process.py connect    connect, which asks for a sync that is left to others
python portal_process.py versions   let an older portal start beside a newer one
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


def with_version(version, do):
    """Run jobs as the portal whose jobs are of `version`, and meanwhile `do` what gives something to say."""
    from partner_portal.workers import running

    running.JOBS_VERSION = version
    running.start()
    said = do(portal.parts().jobs)
    running.stop()
    portal.close()
    return said


def versions():
    """Jobs carry no version: once a newer portal was there, an older one that starts again leaves them alone."""
    with_version("1", lambda _: None)
    with_version("2", lambda _: None)

    def older(jobs):
        jobs.enqueue_sync("nobody")
        time.sleep(1.5)  # its queue was looked at three times
        return jobs.lengths()["sync"]

    say(left_by_older=with_version("1", older))


def act(what):
    portal.prepare()
    if what == "versions":
        versions()
        return
    from partner_portal.organizations.models import Organization
    from partner_portal.usecases.connection_state import connection_state
    from partner_portal.usecases.organizations import add_organization
    from partner_portal.usecases.sales_report import read_sales_report
    from partner_portal.workers import running

    parts = portal.parts()
    if what != "resume":
        add_organization(parts, slug="acme", name="Acme")
    organization = Organization.objects.get()
    if what == "connect":
        connect(parts, organization)
        portal.close()
        return
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
