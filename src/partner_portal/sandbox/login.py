"""The one API user of a sandbox, until told otherwise. Nothing here opens any real Autotask database."""

from __future__ import annotations

USERNAME = "api-user@sandbox.invalid"
SECRET = "sandbox-secret-opens-nothing"  # noqa: S105  (made up: it opens a sandbox only)
INTEGRATION_CODE = "SANDBOX00INTEGRATION00CODE0"
