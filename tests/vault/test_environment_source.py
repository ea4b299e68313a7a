"""Credentials of the environment, for an installation with one organization."""

from __future__ import annotations

import pytest

from partner_portal.bootstrap.portal import _secrets
from partner_portal.settings.declared import SettingError, read
from partner_portal.usecases.organizations import add_organization
from partner_portal.vault.sealing import SourceReadOnly, SourceUnusable
from partner_portal.vault.source import INTEGRATION_CODE, SECRET, USERNAME, EnvironmentSource
from partner_portal.vault.vault import Vault

SETTINGS = {
    "PORTAL_VAULT": "environment",
    "AUTOTASK_USERNAME": "api@acme.example",
    "AUTOTASK_SECRET": "the-secret-of-the-environment",
    "AUTOTASK_INTEGRATION_CODE": "the-code-of-the-environment",
}


def test_each_value_is_read_from_its_variable(organization):
    source = _secrets(read(SETTINGS))
    told = [source.read(organization.scope, field) for field in (USERNAME, SECRET, INTEGRATION_CODE)]
    assert told == ["api@acme.example", "the-secret-of-the-environment", "the-code-of-the-environment"]


def test_or_from_the_file_that_a_variable_names(organization, tmp_path):
    for name in ("AUTOTASK_USERNAME", "AUTOTASK_SECRET", "AUTOTASK_INTEGRATION_CODE"):
        (tmp_path / name).write_text(f"{SETTINGS[name]} from a file\n")
    files = {f"{path.name}_FILE": str(path) for path in tmp_path.iterdir()}
    source = _secrets(read({"PORTAL_VAULT": "environment", **files}))
    assert source.read(organization.scope, SECRET) == "the-secret-of-the-environment from a file"
    assert source.read(organization.scope, USERNAME) == "api@acme.example from a file"


def test_what_is_not_set_is_not_there(organization):
    assert EnvironmentSource({USERNAME: ""}).read(organization.scope, USERNAME) is None
    assert EnvironmentSource({}).read(organization.scope, SECRET) is None


def test_a_second_organization_is_not_given_the_credentials_of_the_first(parts, organization):
    source = _secrets(read(SETTINGS))
    other = add_organization(parts, slug="other", name="Other")
    for scope in (organization.scope, other.scope):
        with pytest.raises(SourceUnusable, match="serves one organization"):
            source.read(scope, SECRET)


def test_nothing_can_be_kept_there(organization):
    with pytest.raises(SourceReadOnly) as refused:
        EnvironmentSource({}).keep(organization.scope, SECRET, "hunter2-hunter2")
    assert "hunter2" not in str(refused.value)


def test_it_prints_no_value():
    assert "the-secret-of" not in repr(_secrets(read(SETTINGS)))


def test_the_database_is_the_source_unless_another_one_is_named(tmp_path):
    assert isinstance(_secrets(read({"PORTAL_DATA_DIR": str(tmp_path)})), Vault)
    with pytest.raises(SettingError, match="database, environment or aws"):
        read({"PORTAL_VAULT": "hashicorp"})
