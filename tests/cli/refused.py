"""What a refused command says."""

from __future__ import annotations

import pytest

from partner_portal.cli.failure import failures_explained


def said_of_wrong_use(failure: BaseException, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error by which a command ends with exit code 2."""
    with pytest.raises(SystemExit) as stopped, failures_explained():
        raise failure
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert len(said.splitlines()) == 1
    return said
