"""One sync in a process of its own, to be killed or to run out of room.

Arguments: address of the sandbox, path of the warehouse file, the largest size in bytes that a file may get (0: any).
Writes the summary as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from datetime import UTC, datetime

from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.limits import Limits
from partner_portal.mirror.sync import sync
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME
from partner_portal.warehouse.opening import open_warehouse


async def work(address: str, path: str) -> None:
    store = open_warehouse(path).organization(OrganizationScope(1))
    credentials = Credentials(USERNAME, SECRET, INTEGRATION_CODE)
    limits = Limits(page_size=100, per_entity=2)
    async with await AutotaskClient.connect(credentials, entry_url=address, limits=limits) as client:
        summary = await sync(store, client, started_at=datetime.now(UTC), full=True)
    sys.stdout.write(json.dumps(summary.document()))


if __name__ == "__main__":
    most = int(sys.argv[3])
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    asyncio.run(work(sys.argv[1], sys.argv[2]))
