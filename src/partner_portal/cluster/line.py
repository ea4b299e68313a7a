"""A process's line to the PostgreSQL that it shares with others: one connection, kept as long as the process lives.

What others must know of the process hangs on this connection as session-level advisory locks: they vanish with it,
however the process ends, and nothing has to be cleaned up. One thread owns the connection; it carries out what the
other threads ask for, hears what other processes say, notices within moments that the connection broke, and makes
another.
"""

from __future__ import annotations

import logging
import queue
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from partner_portal.cluster.membership import ClusterUnreachable

CONFIRM_SECONDS = 2.0
"""How often the line is tried when nothing else passes over it."""
PATIENCE_SECONDS = 5.0
"""How long an answer may take; a connection that gives none is given up."""
PAUSE_SECONDS = 0.3
"""Between two tries to connect."""
CHANNEL = "portal_cluster"

Session = psycopg.Connection[tuple[Any, ...]]
T = TypeVar("T")
log = logging.getLogger(__name__)


class NotYet(Exception):
    """What the line should hold is still held by its former connection, whose end the server has not noticed."""


class Listener(Protocol):
    """Whoever keeps something on the line. All of it is called by the line's own thread."""

    def line_is_up(self, session: Session) -> None:
        """A connection was made: nothing is held on it yet. Raises NotYet to have another one made soon."""

    def line_is_down(self) -> None:
        """The connection and all that was held on it are gone."""

    def heard(self, session: Session, words: str) -> None:
        """Another process said `words`."""

    def tick(self, session: Session) -> float:
        """Do what is due; tell in how many seconds the next thing is."""


class Line:
    """The line of one process. Safe to use from several threads; nothing is connected before `open`."""

    def __init__(self, address: str, name: str) -> None:
        self._address = address
        self._name = name
        self._listeners: list[Listener] = []
        self._asked: queue.SimpleQueue[Callable[[Session], None]] = queue.SimpleQueue()
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)  # noqa: FBT003 (the standard library's)
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_up = threading.Event()
        self._closing = threading.Event()
        self._confirmed_at = -float("inf")

    def listen(self, listener: Listener) -> None:
        """Tell `listener` what happens; before `open`."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin to connect; harmless when that was done."""
        with self._guard:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="cluster-line", daemon=True)
                self._thread.start()

    def open(self) -> None:
        """Connect, and wait until that has been done; harmless when it was. Raises ClusterUnreachable."""
        self.start()
        if not self._is_up.wait(2 * PATIENCE_SECONDS):
            raise ClusterUnreachable

    def close(self) -> None:
        """Give up the connection, and all that is held on it."""
        self._closing.set()
        self.wake()
        with self._guard:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(2 * PATIENCE_SECONDS)
        self._woken.close()
        self._waker.close()

    def wake(self) -> None:
        """Let the line's thread look soon at what its listeners want."""
        with suppress(OSError):  # it is being woken already, or closed
            self._waker.send(b".")

    def ask(self, act: Callable[[Session], T]) -> T:
        """The result of `act` over the connection; raises ClusterUnreachable when there is none."""
        self.open()
        future: Future[T] = Future()

        def carry_out(session: Session) -> None:
            if not future.set_running_or_notify_cancel():
                return  # nobody waits any more
            try:
                future.set_result(act(session))
            except psycopg.OperationalError:
                future.set_exception(ClusterUnreachable())
                raise
            except Exception as error:  # noqa: BLE001 (it is the asker's)
                future.set_exception(error)

        self._asked.put(carry_out)
        self.wake()
        try:
            return future.result(PATIENCE_SECONDS)
        except TimeoutError:
            future.cancel()
            raise ClusterUnreachable from None

    @property
    def silent_seconds(self) -> float:
        """How long ago the line was last known to be up, and all that is held on it with it."""
        return time.monotonic() - self._confirmed_at

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._live()
            except (psycopg.Error, NotYet) as error:
                self._tell_once(error)
            except Exception:
                log.exception("cluster line failed")
            finally:
                self._is_up.clear()
                for listener in self._listeners:
                    listener.line_is_down()
            self._closing.wait(PAUSE_SECONDS)

    def _tell_once(self, error: Exception) -> None:
        """Log what broke a line that was up; the tries that follow fail as well until the server is back."""
        if self._is_up.is_set():
            log.warning("cluster line is down", extra={"reason": type(error).__name__})

    def _live(self) -> None:
        """Connect, and serve until the connection breaks (raising psycopg.Error) or the line is closed."""
        with self._connected() as session, selectors.DefaultSelector() as selector:
            heard: deque[psycopg.Notify] = deque()
            session.add_notify_handler(heard.append)
            session.execute(f"LISTEN {CHANNEL}")
            for listener in self._listeners:
                listener.line_is_up(session)
            self._confirm(session)
            self._is_up.set()
            selector.register(session.fileno(), selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._closing.is_set():
                pause = min([CONFIRM_SECONDS, *(listener.tick(session) for listener in self._listeners)])
                ready = {key.fd for key, _ in selector.select(pause)}
                if self._woken.fileno() in ready:
                    self._drain()
                    self._carry_out(session)
                if session.fileno() in ready or self.silent_seconds > CONFIRM_SECONDS / 2:
                    self._confirm(session)  # takes in what the server sent unasked, too
                self._tell(session, heard)
            session.execute("SELECT pg_advisory_unlock_all()")  # sooner than the server ends the session

    def _connected(self) -> Session:
        patience = int(PATIENCE_SECONDS * 1000)
        given = conninfo_to_dict(self._address).get("options") or ""
        # The server, too, must notice that this host is gone: only then are the locks free.
        noticing = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
        return psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=int(PATIENCE_SECONDS),
            application_name=f"portal {self._name}",
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=2,
            tcp_user_timeout=patience,
            options=f"{given} {noticing} -c statement_timeout={patience} -c idle_session_timeout=0".strip(),
        )

    def _confirm(self, session: Session) -> None:
        before = time.monotonic()
        session.execute("SELECT 1")
        self._confirmed_at = before

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass

    def _carry_out(self, session: Session) -> None:
        while True:
            try:
                act = self._asked.get_nowait()
            except queue.Empty:
                return
            act(session)

    def _tell(self, session: Session, heard: deque[psycopg.Notify]) -> None:
        while heard:
            notify = heard.popleft()
            if notify.pid != session.info.backend_pid:
                for listener in self._listeners:
                    listener.heard(session, notify.payload)
