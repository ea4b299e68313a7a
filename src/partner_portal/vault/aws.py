"""Credentials in AWS Secrets Manager: one secret for each organization, a JSON object with its three values."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from cachetools import TTLCache

from partner_portal.lib.redaction import KNOWN
from partner_portal.organizations.models import Organization
from partner_portal.organizations.scope import OrganizationScope
from partner_portal.vault.sealing import SourceUnusable
from partner_portal.vault.source import INTEGRATION_CODE, SECRET, USERNAME, ForeignSource

KEPT_SECONDS = 60
KEPT_AT_MOST = 1_000
NAMES = {USERNAME: "username", SECRET: "secret", INTEGRATION_CODE: "integration_code"}
"""What the fields are called in the secret."""
MISSING = ("ResourceNotFoundException", "InvalidRequestException")
PATIENCE = Config(  # type: ignore[no-untyped-call]
    connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"}
)


class AwsSource(ForeignSource):
    """Reads `<prefix><slug>` for the organization `slug`, and remembers it for a minute.

    Region and log-in are those of the AWS SDK: AWS_REGION, AWS_PROFILE, the role of the machine and so on.
    """

    where = "AWS Secrets Manager"

    def __init__(self, prefix: str, *, client: Callable[[], Any] | None = None, seconds: float = KEPT_SECONDS) -> None:
        self._prefix = prefix
        self._make = client or _client
        self._client: Any = None
        self._lock = threading.Lock()
        self._kept: TTLCache[int, dict[str, str]] = TTLCache(KEPT_AT_MOST, seconds)

    def __repr__(self) -> str:
        return f"AwsSource({self._prefix!r})"

    def read(self, scope: OrganizationScope, field: str) -> str | None:
        """The value of `field`; None where the organization has no secret. Raises SourceUnusable."""
        with self._lock:
            held = self._kept.get(scope.organization_id)
        if held is None:
            held = self._fetched(scope)
            with self._lock:
                self._kept[scope.organization_id] = held
        return held.get(NAMES[field]) or None

    def refresh(self, scope: OrganizationScope) -> None:
        """Read the organization's secret anew when it is needed next."""
        with self._lock:
            self._kept.pop(scope.organization_id, None)

    def _fetched(self, scope: OrganizationScope) -> dict[str, str]:
        slug = Organization.objects.values_list("slug", flat=True).get(pk=scope.organization_id)
        name = self._prefix + slug
        try:
            if self._client is None:
                self._client = self._make()
            text = self._client.get_secret_value(SecretId=name).get("SecretString", "")
        except ClientError as refused:
            code = refused.response.get("Error", {}).get("Code", "")
            if code in MISSING:
                return {}
            raise SourceUnusable(
                f"AWS Secrets Manager refused to give {name} ({code}). Check the rights of the portal's AWS role."
            ) from None
        except BotoCoreError as failed:
            raise SourceUnusable(
                f"AWS Secrets Manager did not give {name} ({type(failed).__name__}). "
                "Check AWS_REGION, the AWS log-in and the network of the portal's server."
            ) from None
        return _values(name, text)


def _values(name: str, text: str) -> dict[str, str]:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    wanted = NAMES.values()
    if not isinstance(told, dict) or not all(isinstance(told.get(key), str) and told[key] for key in wanted):
        raise SourceUnusable(
            f"The secret {name} of AWS Secrets Manager is no JSON object with the texts {', '.join(wanted)}. "
            "Correct it there."
        )
    for key in (NAMES[SECRET], NAMES[INTEGRATION_CODE]):
        KNOWN.add(told[key])
    return {key: told[key] for key in wanted}


def _client() -> Any:
    return boto3.client("secretsmanager", config=PATIENCE)  # type: ignore[no-untyped-call]
