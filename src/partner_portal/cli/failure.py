"""What the command line says when something cannot be done: one line with its remedy, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

FAILED = 1
WRONG_USE = 2


class CommandFailed(Exception):
    """A command could not do what was asked; the message is one line and names the remedy."""

    exit_code = FAILED


class WrongUse(CommandFailed):
    """The command was called with something it cannot work with."""

    exit_code = WRONG_USE


def say(text: str) -> None:
    """Print to standard error: standard output is for data."""
    sys.stderr.write(text + "\n")


@contextmanager
def failures_explained() -> Iterator[None]:
    """Turn every failure that we know into one line on standard error and its exit code."""
    try:
        yield
    except CommandFailed as failure:
        _stop(str(failure), failure.exit_code)
    except KeyboardInterrupt:
        _stop("Stopped.", 130)
    except Exception as error:
        line = explained(error)
        if line is None:
            raise
        _stop(*line)


def explained(error: Exception) -> tuple[str, int] | None:
    """The line and exit code for an error of one of the parts; None for one that is a fault of ours."""
    # The parts are imported here: `portal --help` need not load them.
    from partner_portal.autotask.errors import AutotaskError, explain
    from partner_portal.cluster.membership import ClusterUnreachable
    from partner_portal.lib.period import PeriodError
    from partner_portal.reports.mapping_document import MappingError
    from partner_portal.reports.question import QuestionError
    from partner_portal.settings import declared
    from partner_portal.usecases.errors import UseCaseError
    from partner_portal.warehouse.store import WarehouseError

    if isinstance(error, AutotaskError):
        return explain(error), FAILED
    if isinstance(error, (QuestionError, PeriodError, MappingError)):
        return str(error), WRONG_USE
    if type(error).__name__ == "OperationalError" and declared.current()[declared.DATABASE_URL]:
        return str(ClusterUnreachable()), FAILED
    if type(error).__name__ == "NotPermitted":  # its module wants Django set up, which not every failure finds
        return str(error), FAILED
    if isinstance(error, (WarehouseError, declared.SettingError, UseCaseError, ClusterUnreachable)):
        return str(error), FAILED
    return None


def _stop(line: str, exit_code: int) -> None:
    say(" ".join(line.split()))
    sys.exit(exit_code)
