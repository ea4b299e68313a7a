"""The WSGI application as granian's worker process loads it: the portal's parts, its jobs, its pages."""

from __future__ import annotations

import atexit

from partner_portal.bootstrap import portal

portal.prepare(serving=True)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be set up first

from partner_portal.workers import running  # noqa: E402 - its tasks need the prepared parts

application = get_wsgi_application()

portal.parts()
running.start()
atexit.register(portal.close)
atexit.register(running.stop)
