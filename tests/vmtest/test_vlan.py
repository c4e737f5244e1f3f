"""The switch: frames reach whom they are meant for."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vmtest.vlan import Vlan

BROADCAST = b"\xff" * 6
A, B = b"\x52\x54\0\x12\x01\x01", b"\x52\x54\0\x12\x01\x02"


@pytest.fixture
def vlan(tmp_path: Path) -> Iterator[Vlan]:
    vlan = Vlan(1, tmp_path / "vlan1")
    yield vlan
    vlan.close()


def join(vlan: Vlan) -> socket.socket:
    before = vlan.ports
    port = socket.socket(socket.AF_UNIX)
    port.connect(str(vlan.path))
    port.settimeout(5)
    end = time.monotonic() + 5
    while vlan.ports == before and time.monotonic() < end:
        time.sleep(0.01)
    return port


def send(port: socket.socket, target: bytes, source: bytes, data: bytes = b"data") -> bytes:
    frame = target + source + data
    port.sendall(struct.pack(">I", len(frame)) + frame)
    return frame


def receive(port: socket.socket) -> bytes:
    (size,) = struct.unpack(">I", exactly(port, 4))
    return exactly(port, size)


def exactly(port: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += port.recv(size - len(data)) or b"(closed)"
    return data


def silent(port: socket.socket) -> bool:
    port.settimeout(0.2)
    try:
        return not port.recv(1)
    except TimeoutError:
        return True


def test_broadcast_then_learned(vlan: Vlan) -> None:
    one, two, three = join(vlan), join(vlan), join(vlan)
    frame = send(one, BROADCAST, A)
    # All three have joined once the frame has come through to both others.
    assert receive(two) == receive(three) == frame
    answer = send(two, A, B)
    assert receive(one) == answer
    assert silent(three)
    send(one, B, A, b"x" * 60000)
    assert len(receive(two)) == 60012


def test_a_machine_that_leaves_or_lies_disturbs_nobody(vlan: Vlan) -> None:
    one, two, three = join(vlan), join(vlan), join(vlan)
    send(one, BROADCAST, A)
    receive(two)
    receive(three)
    two.close()
    three.sendall(b"\xff\xff\xff\xff")
    assert three.recv(1) == b"", "a frame without end closes the port"
    four = join(vlan)
    frame = send(four, BROADCAST, B)
    assert receive(one) == frame


def test_a_slow_machine_gets_all(vlan: Vlan) -> None:
    one, two = join(vlan), join(vlan)
    send(one, BROADCAST, A)
    receive(two)
    send(two, A, B)
    receive(one)
    for n in range(200):
        send(one, B, A, bytes([n]) * 20000)
    assert [receive(two)[12] for _ in range(200)] == list(range(200))
