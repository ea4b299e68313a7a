"""The WSGI application of a web process that leaves the jobs to others: the portal's parts and its pages."""

from __future__ import annotations

import atexit

from partner_portal.bootstrap import portal
from partner_portal.cli.parents import end_with_parent
from partner_portal.lib.interpreter import settle, share_heaps

share_heaps()
portal.prepare(serving=True)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be set up first

from partner_portal.bootstrap.jobs import elsewhere  # noqa: E402

application = get_wsgi_application()

portal.parts().member.join()
elsewhere.set()
atexit.register(portal.close)
end_with_parent(portal.close)
settle()
