"""The WSGI application of a web process that runs jobs as well: the portal's parts, its jobs, its pages."""

from __future__ import annotations

import atexit

from partner_portal.bootstrap import portal
from partner_portal.cli.parents import end_with_parent
from partner_portal.lib.interpreter import settle, share_heaps

share_heaps()
portal.prepare(serving=True)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be set up first

from partner_portal.workers import running  # noqa: E402 - its tasks need the prepared parts


def _end() -> None:
    running.stop()
    portal.close()


application = get_wsgi_application()

portal.parts()
running.start()
atexit.register(_end)
end_with_parent(_end)
settle()
