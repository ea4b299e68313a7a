"""The `portal` command in a process of its own, with shorter patience for the dead than operators want.

python portal_command.py worker --metrics-port 9001
"""

from __future__ import annotations

from partner_portal.cli.main import main
from partner_portal.cluster import line, member

line.CONFIRM_SECONDS = 0.5
member.LEAVE_OFF_SECONDS = 3.0
member.GRACE_SECONDS = 5.0

if __name__ == "__main__":
    main()
