"""`python -m partner_portal.cli` is `portal`."""

from partner_portal.cli.main import main

main()
