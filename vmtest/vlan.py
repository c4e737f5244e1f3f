"""A virtual network: a switch for Ethernet frames over Unix sockets, without root.

QEMU's ``-netdev stream`` sends each frame after its length as a 32-bit
big-endian number. The switch learns which address is behind which port, as a
real one does, and hands other frames to all ports.
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from pathlib import Path

_LENGTH = struct.Struct(">I")
_MAX_FRAME = 256 * 1024  # bytes; a guest may offload segmentation
_MAX_QUEUE = 16 << 20  # bytes that wait for a slow guest; frames beyond are lost


class _Port:
    """One machine's end of the switch."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.socket = connection
        self.incoming = bytearray()
        self.outgoing = bytearray()

    def frames(self) -> list[bytes]:
        """Whole frames, with their length before them."""
        found = []
        at = 0
        while len(self.incoming) - at >= 4:
            (size,) = _LENGTH.unpack_from(self.incoming, at)
            if size > _MAX_FRAME:
                raise ConnectionError(f"a frame of {size} bytes")
            if len(self.incoming) - at < 4 + size:
                break
            found.append(bytes(self.incoming[at : at + 4 + size]))
            at += 4 + size
        del self.incoming[:at]
        return found


class Vlan:
    """The network number `nr`; machines connect to the socket `path`."""

    def __init__(self, nr: int, path: Path) -> None:
        self.nr = nr
        self.path = path
        self._ports: list[_Port] = []
        self._addresses: dict[bytes, _Port] = {}
        self._selector = selectors.DefaultSelector()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(str(path))
        self._server.listen(256)
        self._server.setblocking(False)
        self._wake, self._waker = socket.socketpair()
        self._selector.register(self._server, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name=f"vlan{nr}", daemon=True)
        self._thread.start()

    @property
    def ports(self) -> int:
        """How many machines are connected."""
        return len(self._ports)

    def _serve(self) -> None:
        while True:
            for key, events in self._selector.select():
                if key.fileobj is self._wake:
                    return
                if key.fileobj is self._server:
                    connection, _ = self._server.accept()
                    port = _Port(connection)
                    self._ports.append(port)
                    self._selector.register(connection, selectors.EVENT_READ, port)
                    continue
                self._handle(key.data, events)

    def _handle(self, port: _Port, events: int) -> None:
        if port not in self._ports:
            return  # dropped while this round of events was handled
        try:
            if events & selectors.EVENT_WRITE:
                self._flush(port)
            if events & selectors.EVENT_READ:
                data = port.socket.recv(1 << 18)
                if not data:
                    raise ConnectionError("closed")
                port.incoming += data
                for frame in port.frames():
                    self._forward(frame, port)
        except BlockingIOError:
            return
        except OSError:
            self._drop(port)

    def _forward(self, frame: bytes, source: _Port) -> None:
        target, origin = frame[4:10], frame[10:16]
        self._addresses[origin] = source
        known = self._addresses.get(target) if not target[:1] or not target[0] & 1 else None
        for port in [known] if known is not None else list(self._ports):
            if port is not source and len(port.outgoing) < _MAX_QUEUE:
                port.outgoing += frame
                try:
                    self._flush(port)
                except OSError:
                    self._drop(port)

    def _flush(self, port: _Port) -> None:
        try:
            while port.outgoing:
                sent = port.socket.send(memoryview(port.outgoing)[: 1 << 18].tobytes())
                del port.outgoing[:sent]
        except BlockingIOError:
            pass
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if port.outgoing else 0)
        if self._selector.get_key(port.socket).events != wanted:
            self._selector.modify(port.socket, wanted, port)

    def _drop(self, port: _Port) -> None:
        if port in self._ports:
            self._ports.remove(port)
            self._selector.unregister(port.socket)
            port.socket.close()
            self._addresses = {a: p for a, p in self._addresses.items() if p is not port}

    def close(self) -> None:
        """Stop the switch."""
        self._waker.send(b"x")
        self._thread.join(5)
        for port in list(self._ports):
            self._drop(port)
        self._server.close()
        self._wake.close()
        self._waker.close()
        self._selector.close()
        self.path.unlink(missing_ok=True)
