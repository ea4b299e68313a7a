"""Syncing one organization's mirror with its Autotask."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import Any, TypedDict, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections

from partner_portal.accounts.actor import SHELL, Actor
from partner_portal.audit.events import DeletionsAccepted
from partner_portal.audit.trail import Result, record
from partner_portal.autotask.credentials import Credentials
from partner_portal.autotask.errors import AutotaskError, explain
from partner_portal.cluster.membership import ClusterUnreachable
from partner_portal.mirror.sync import Summary, sync
from partner_portal.organizations.models import Connection, Organization, SyncRun
from partner_portal.usecases import measures, sync_runs
from partner_portal.usecases.contact import Contact
from partner_portal.usecases.credentials import read_credentials
from partner_portal.usecases.earlier_tenant import clear_before_sync
from partner_portal.usecases.errors import CredentialsShut, SyncInterrupted, UseCaseError
from partner_portal.usecases.parts import Parts
from partner_portal.usecases.pauses import pause_of, refuse_while_paused
from partner_portal.usecases.progress import Listener, ProgressBoard
from partner_portal.warehouse.store import WarehouseError

PULSE_SECONDS = 1.0
"""How often a running sync says how far it is."""
ATTENTION_SECONDS = 0.2
"""How soon a sync notices that it shall leave off."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


def sync_organization(
    parts: Parts,
    organization: Organization,
    *,
    full: bool = False,
    verify: bool = False,
    accept_deletions: bool = False,
    progress: Listener | None = None,
    actor: Actor = SHELL,
) -> Summary:
    """Bring the mirror of `organization` up to date, or read everything again with `full`; tell what came.

    With `verify` every entity's count is compared with Autotask's; with `accept_deletions` any number of rows that
    vanished from Autotask is removed, which `actor` answers for on the trail.
    Its state can be followed meanwhile (`connection_state`). Raises NotConnected, SyncPaused while it must
    wait, SyncRuns while another sync of the organization runs, SyncInterrupted when the process ends or was taken for
    dead, ClusterUnreachable, CredentialsShut, AutotaskError or WarehouseError.
    """
    parts.member.join()
    connection = refuse_while_paused(organization, parts.clock.now())
    contact = Contact(connection, _credentials(parts, organization))
    board = ProgressBoard(progress)
    run = sync_runs.begin(organization, parts.clock.now(), is_full=full, member=parts.member)
    wishes: _Wishes = {"full": full, "verify": verify, "accept_deletions": accept_deletions}
    with measures.OPEN_SYNCS.track_inprogress(), _at_work(parts, run):
        try:
            clear_before_sync(parts, connection, actor)
            summary = _follow(parts, run, board, lambda: _sync(parts, run, contact, board, wishes))
        except BaseException as error:
            contact.keep(parts, run.started_at)
            if accept_deletions:
                event, reason = DeletionsAccepted({}), problem_in_words(error)
                record(event, actor, parts.clock.now(), organization.scope, result=Result.FAILED, reason=reason)
            _end_badly(parts, run, board, error)
            raise
        contact.keep(parts, run.started_at)
        if accept_deletions:
            removed = {part.entity: part.removed for part in summary.entities if part.removed}
            record(DeletionsAccepted(removed), actor, parts.clock.now(), organization.scope)
        _end(parts, run, board, summary)
    return summary


def _credentials(parts: Parts, organization: Organization) -> Credentials:
    try:
        return read_credentials(parts, organization)
    except CredentialsShut as shut:
        Connection.objects.filter(organization=organization).update(problem=str(shut))
        raise


class _Wishes(TypedDict):
    """What may be asked of the mirror's `sync`."""

    full: bool
    verify: bool
    accept_deletions: bool


async def _sync(parts: Parts, run: SyncRun, contact: Contact, board: ProgressBoard, wishes: _Wishes) -> Summary:
    store = parts.warehouse.organization(run.organization.scope)
    client = await contact.open(parts, run.started_at, is_trusting=not run.is_full)
    try:
        return await sync(store, client, started_at=run.started_at, progress=board, **wishes)
    finally:
        await client.close()


def _follow(parts: Parts, run: SyncRun, board: ProgressBoard, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do `work` in a thread of its own, while this one (which has the database) writes down how far it is."""
    leave_off = Event()
    with ThreadPoolExecutor(1, thread_name_prefix="sync") as pool:
        # its log lines carry what is bound here, such as the id of the request that asked for the sync
        bound = contextvars.copy_context()
        future: Future[T] = pool.submit(bound.run, lambda: asyncio.run(_until(leave_off, work())))
        try:
            while wait([future], timeout=PULSE_SECONDS).not_done:
                if parts.stopping.is_set() or parts.member.is_lost or not _beat(parts, run, board):
                    leave_off.set()
        finally:
            leave_off.set()
    try:
        return future.result()
    except asyncio.CancelledError:
        raise SyncInterrupted(run.organization.slug) from None


def _beat(parts: Parts, run: SyncRun, board: ProgressBoard) -> bool:
    """Write down how far `run` is; False when it must leave off. A database that does not answer may come back."""
    try:
        is_open = sync_runs.beat(run, parts.clock.now(), board.document())
        return is_open and Connection.objects.filter(organization=run.organization).exists()
    except (OperationalError, InterfaceError):
        close_old_connections()
        return True


@contextmanager
def _at_work(parts: Parts, run: SyncRun) -> Iterator[None]:
    """Be known in this process as what works on `run`."""
    parts.running.add(run.pk)
    try:
        yield
    finally:
        parts.running.discard(run.pk)


async def _until(leave_off: Event, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled once `leave_off` is set."""
    task = asyncio.create_task(work)
    while not task.done():
        await asyncio.wait([task], timeout=ATTENTION_SECONDS)
        if leave_off.is_set():
            task.cancel()
    return task.result()


def _end(parts: Parts, run: SyncRun, board: ProgressBoard, summary: Summary) -> None:
    problems = {part.entity: part.problem for part in summary.entities if part.problem}
    outcome = SyncRun.Outcome.DONE if not problems else SyncRun.Outcome.PARTIAL
    if len(problems) == len(summary.entities):
        outcome = SyncRun.Outcome.FAILED
    failed = outcome is SyncRun.Outcome.FAILED
    # What the mirror says of a pause is in UTC: people are told by the organization's clock.
    problem = (failed and pause_of(run.organization, parts.clock.now())) or in_one_line(problems)
    _close(parts, run, board, outcome, problem=problem, summary=summary.document())
    tenant = parts.warehouse.organization(run.organization.scope).tenant()
    facts = {"dialect": tenant.dialect} if tenant else {}
    Connection.objects.filter(organization=run.organization).update(problem=problem if failed else "", **facts)
    measures.SYNC_ROWS.inc(summary.rows)


def _end_badly(parts: Parts, run: SyncRun, board: ProgressBoard, error: BaseException) -> None:
    if isinstance(error, (SyncInterrupted, KeyboardInterrupt, SystemExit)):
        _close(parts, run, board, SyncRun.Outcome.INTERRUPTED, problem=sync_runs.INTERRUPTED_PROBLEM)
        return
    problem = problem_in_words(error)
    _close(parts, run, board, SyncRun.Outcome.FAILED, problem=problem)
    Connection.objects.filter(organization=run.organization).update(problem=problem)


def _close(
    parts: Parts,
    run: SyncRun,
    board: ProgressBoard,
    outcome: SyncRun.Outcome,
    *,
    problem: str = "",
    summary: dict[str, Any] | None = None,
) -> None:
    now = parts.clock.now()
    sync_runs.beat(run, now, board.document())
    sync_runs.finish(run, now, outcome, problem=problem, summary=summary)
    seconds = (now - run.started_at).total_seconds()
    measures.SYNCS.labels(outcome.value).inc()
    measures.SYNC_SECONDS.observe(seconds)
    log.info("sync", organization=run.organization.slug, outcome=outcome.value, seconds=seconds, problem=problem)


def in_one_line(problems: Mapping[str, str]) -> str:
    """The problems of several entities; one that they all share is told once."""
    if len(problems) > 1 and len(set(problems.values())) == 1:
        return next(iter(problems.values()))
    return " | ".join(f"{entity}: {problem}" for entity, problem in problems.items())


def problem_in_words(error: BaseException) -> str:
    """What went wrong and what to do, on one line; a fault of ours is named by its type only."""
    if isinstance(error, AutotaskError):
        return explain(error)
    if isinstance(error, (UseCaseError, WarehouseError, ClusterUnreachable)):
        return str(error)
    return f"Something went wrong in the portal itself ({type(error).__name__}); the log of the server tells more."
