"""`portal report` for one owner after the other, in one process: python one_report_per_owner.py FROM TO OWNER..."""

from __future__ import annotations

import sys

from partner_portal.cli.main import app

start, end, *owners = sys.argv[1:]
for owner in owners:
    app(["report", "--format", "json", "--from", start, "--to", end, "--owner", owner], standalone_mode=False)
