"""QEMU's monitor: the QMP protocol through `qemu.qmp`, whose loop runs in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from qemu.qmp import QMPClient, QMPError
from qemu.qmp.qmp_client import ExecuteError

from vmtest.errors import MachineError, MachineTimeout
from vmtest.waiting import Duration, seconds

T = TypeVar("T")
Event = Mapping[str, Any]


class Monitor:
    """A connection to one QEMU. `events` holds all events since it was made."""

    def __init__(self, connection: socket.socket, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="qmp")
        self._thread.start()
        self.events: list[Event] = []
        self._arrived = threading.Condition()
        try:
            self._client = self._run(self._connect(connection, name), 30)
        except QMPError as error:
            raise MachineError(f"QEMU's monitor does not answer: {error}") from error
        self._watch = asyncio.run_coroutine_threadsafe(self._collect(), self._loop)

    async def _connect(self, connection: socket.socket, name: str) -> QMPClient:
        client = QMPClient(name)
        connection.setblocking(False)
        await client.connect(connection)
        return client

    async def _collect(self) -> None:
        async for event in self._client.events:
            with self._arrived:
                self.events.append(dict(event))
                self._arrived.notify_all()

    def _run(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise MachineTimeout(f"QEMU's monitor did not answer within {timeout:g} s") from None

    def send(self, command: str, args: Mapping[str, Any] | None = None) -> Any:
        """Run a QMP command and return its result; raises `MachineError` when QEMU refuses."""
        arguments = None if args is None else dict(args)
        try:
            return self._run(self._client.execute(command, arguments), 60)
        except ExecuteError as error:
            raise MachineError(f"QEMU refused '{command}' ({arguments}): {error}") from error
        except QMPError as error:
            raise MachineError(f"QEMU's monitor failed at '{command}': {error}") from error

    def human(self, line: str) -> str:
        """Run a line of the human monitor."""
        return str(self.send("human-monitor-command", {"command-line": line}))

    def wait_for_event(self, chosen: Callable[[Event], bool], timeout: Duration = 600) -> Event:
        """The first event, past ones included, that `chosen` accepts."""
        end = time.monotonic() + seconds(timeout)
        seen = 0
        with self._arrived:
            while True:
                for event in self.events[seen:]:
                    if chosen(event):
                        return event
                seen = len(self.events)
                if not self._arrived.wait(max(0.0, end - time.monotonic())):
                    names = ", ".join(e["event"] for e in self.events) or "none"
                    raise MachineTimeout(
                        f"no such event within {seconds(timeout):g} seconds; there were: {names}"
                    )

    def close(self) -> None:
        """Disconnect and stop the thread."""
        # QEMU may have gone already, which is what closing is about.
        with contextlib.suppress(MachineError, QMPError, EOFError, OSError):
            self._run(self._client.disconnect(), 5)
        self._watch.cancel()
        with contextlib.suppress(TimeoutError):
            self._run(asyncio.sleep(0), 1)  # let the cancelled task end
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        if not self._thread.is_alive():
            self._loop.close()
