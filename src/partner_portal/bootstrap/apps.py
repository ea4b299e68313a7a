"""What happens once Django's applications are ready."""

from __future__ import annotations

from django.apps import AppConfig


class BootstrapConfig(AppConfig):
    """Sets up the portal's own logs and the notes that log-ins leave in the audit trail."""

    name = "partner_portal.bootstrap"

    def ready(self) -> None:
        """Runs once per process."""
        from partner_portal.bootstrap import session_limits
        from partner_portal.settings.logs import configure_structlog
        from partner_portal.usecases import account_changes, sign_in, unusual_use

        configure_structlog()
        session_limits.listen()
        sign_in.listen()
        account_changes.listen()
        unusual_use.listen()
