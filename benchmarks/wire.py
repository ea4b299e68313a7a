"""A wire between two sides on this machine, which can be cut and mended: a small TCP proxy."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.processes import HOST

PIECE = 65_536


class Wire:
    """Hands everything on to `port` and back; while it is cut, nobody gets through and open connections are gone."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.address = ""

    def cut(self) -> None:
        """End all connections, and refuse new ones."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._drop_all)

    def mend(self) -> None:
        """Let everybody through again."""
        self._is_cut = False

    def _drop_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, stopped: asyncio.Event) -> None:
        server = await asyncio.start_server(self._hand_on, HOST, 0)
        self.address = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        async with server:
            await stopped.wait()
            self._drop_all()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._open |= ends
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._open -= ends


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire to a loopback port, in a thread of this process."""
    wire, stopped = Wire(port), asyncio.Event()
    thread = threading.Thread(target=lambda: wire._loop.run_until_complete(wire._serve(stopped)), daemon=True)  # noqa: SLF001
    thread.start()
    wire._ready.wait()  # noqa: SLF001
    try:
        yield wire
    finally:
        wire._loop.call_soon_threadsafe(stopped.set)  # noqa: SLF001
        thread.join()
