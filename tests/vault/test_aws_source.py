"""Credentials in AWS Secrets Manager, as moto's server over HTTP plays it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from partner_portal.bootstrap.portal import _secrets
from partner_portal.settings.declared import read
from partner_portal.usecases.organizations import add_organization
from partner_portal.vault.aws import AwsSource
from partner_portal.vault.sealing import SourceReadOnly, SourceUnusable
from partner_portal.vault.source import INTEGRATION_CODE, SECRET, USERNAME

HELD = {"username": "api@acme.example", "secret": "a-secret-kept-in-aws", "integration_code": "a-code-kept-in-aws"}
PREFIX = "partner-portal/"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(address: str, **more):
    return boto3.client(
        "secretsmanager",
        endpoint_url=address,
        region_name="eu-central-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5),
    )


@pytest.fixture
def manager(address):
    """Secrets Manager itself, empty."""
    made = client(address)
    for secret in made.list_secrets()["SecretList"]:
        made.delete_secret(SecretId=secret["Name"], ForceDeleteWithoutRecovery=True)
    return made


@pytest.fixture
def source(address):
    return AwsSource(PREFIX, client=lambda: client(address))


def values(source, organization) -> list[str | None]:
    return [source.read(organization.scope, field) for field in (USERNAME, SECRET, INTEGRATION_CODE)]


def keep(manager, slug: str, document: object) -> None:
    manager.create_secret(Name=PREFIX + slug, SecretString=json.dumps(document))


def test_each_organization_has_its_own_secret(parts, organization, manager, source):
    other = add_organization(parts, slug="other", name="Other")
    keep(manager, "acme", HELD)
    keep(manager, "other", HELD | {"secret": "the-secret-of-the-other"})
    assert values(source, organization) == list(HELD.values())
    assert source.read(other.scope, SECRET) == "the-secret-of-the-other"


def test_without_a_secret_there_is_nothing(organization, manager, source):
    assert values(source, organization) == [None, None, None]


def test_it_is_remembered_for_a_moment_and_read_anew_when_asked(organization, manager, source):
    keep(manager, "acme", HELD)
    assert source.read(organization.scope, SECRET) == HELD["secret"]
    manager.put_secret_value(SecretId=PREFIX + "acme", SecretString=json.dumps(HELD | {"secret": "rotated"}))
    assert source.read(organization.scope, SECRET) == HELD["secret"]
    source.refresh(organization.scope)
    assert source.read(organization.scope, SECRET) == "rotated"


def test_after_its_moment_it_is_read_anew(organization, manager, address):
    keep(manager, "acme", HELD)
    forgetful = AwsSource(PREFIX, client=lambda: client(address), seconds=0)
    assert forgetful.read(organization.scope, SECRET) == HELD["secret"]
    manager.put_secret_value(SecretId=PREFIX + "acme", SecretString=json.dumps(HELD | {"secret": "rotated"}))
    assert forgetful.read(organization.scope, SECRET) == "rotated"


@pytest.mark.parametrize("document", ["text", ["a", "list"], {}, HELD | {"secret": ""}, HELD | {"secret": 5}])
def test_a_secret_of_another_shape_is_refused_without_quoting_it(organization, manager, source, document):
    keep(manager, "acme", document)
    with pytest.raises(SourceUnusable, match=r"partner-portal/acme .* username, secret, integration_code") as refused:
        source.read(organization.scope, SECRET)
    assert HELD["integration_code"] not in str(refused.value)


def test_a_refusal_of_aws_names_the_secret_and_the_remedy(organization):
    class Refusing:
        def get_secret_value(self, **_asked):
            from botocore.exceptions import ClientError

            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, "GetSecretValue")

    with pytest.raises(SourceUnusable, match=r"AccessDeniedException.*rights of the portal's AWS role"):
        AwsSource(PREFIX, client=Refusing).read(organization.scope, SECRET)


def test_an_aws_that_cannot_be_reached_is_a_line_with_a_remedy(organization):
    source = AwsSource(PREFIX, client=lambda: client("http://127.0.0.1:9"))
    with pytest.raises(SourceUnusable, match="Check AWS_REGION"):
        source.read(organization.scope, SECRET)


def test_without_a_region_the_remedy_is_told(organization, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(SourceUnusable, match="Check AWS_REGION"):
        AwsSource(PREFIX).read(organization.scope, SECRET)


def test_nothing_can_be_kept_there(organization, source):
    with pytest.raises(SourceReadOnly):
        source.keep(organization.scope, SECRET, "hunter2")


def test_the_setting_chooses_it_and_its_prefix(organization, manager, address, monkeypatch):
    manager.create_secret(Name="elsewhere/acme", SecretString=json.dumps(HELD))
    for name, value in {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": address,
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
    }.items():
        monkeypatch.setenv(name, value)
    source = _secrets(read({"PORTAL_VAULT": "aws", "PORTAL_AWS_SECRET_PREFIX": "elsewhere/"}))
    assert values(source, organization) == list(HELD.values())
    assert HELD["secret"] not in repr(source)
