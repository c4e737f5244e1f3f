"""What a builder may not ask of the kernel: files that run as somebody else, attributes that no
archive keeps, and what no namespace hides: the user's keys, the machine that this one runs in.

A filter in the kernel's classic BPF, over its ``struct seccomp_data``: the
call's number at byte 0, the architecture at 4, the arguments from 16 on, 8
bytes each. Numbers: the kernel's tables of system calls.
"""

from __future__ import annotations

import errno
import os
import platform
import struct
from dataclasses import dataclass

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_SET_ID = 0o6000  # the set-user-id and set-group-id bits of a mode
_X32 = 0x40000000  # calls of the third ABI of x86, which nobody needs
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Abi:
    """`modes`: calls that take a file's mode, and at which argument; `refused` and `absent`
    fail as if the file system, or the kernel, did not know them; `socket` is that call."""

    mark: int
    modes: dict[int, int]
    refused: tuple[int, ...]
    absent: tuple[int, ...]
    socket: int


# Absent everywhere: openat2, whose mode is out of a filter's sight, and io_uring, whose every
# call is; libraries do without them.
_UNSEEN = (437, 425, 426, 427)
_AF_VSOCK = 40  # reaches the hypervisor, whatever the network namespace

_X86_64 = _Abi(
    mark=0xC000003E,
    # chmod, fchmod, fchmodat, fchmodat2; open, creat, openat; mknod, mknodat
    modes={90: 1, 91: 1, 268: 2, 452: 2, 2: 2, 85: 1, 257: 3, 133: 1, 259: 2},
    refused=(188, 189, 190, 463),  # setxattr, lsetxattr, fsetxattr, setxattrat
    absent=(*_UNSEEN, 248, 249, 250),  # add_key, request_key, keyctl
    socket=41,
)
_I386 = _Abi(
    mark=0x40000003,
    modes={15: 1, 94: 1, 306: 2, 452: 2, 5: 2, 8: 1, 295: 3, 14: 1, 297: 2},
    refused=(226, 227, 228, 463),
    absent=(*_UNSEEN, 286, 287, 288, 102),  # socketcall's arguments are out of sight, too
    socket=359,
)
_AARCH64 = _Abi(
    mark=0xC00000B7,
    modes={52: 1, 53: 2, 452: 2, 56: 3, 33: 2},
    refused=(5, 6, 7, 463),
    absent=(*_UNSEEN, 217, 218, 219),
    socket=198,
)
_ARM = _Abi(
    mark=0x40000028,
    modes={15: 1, 94: 1, 333: 2, 452: 2, 5: 2, 8: 1, 322: 3, 14: 1, 324: 2},
    refused=(226, 227, 228, 463),
    absent=(*_UNSEEN, 309, 310, 311, 102),
    socket=281,
)
_MACHINES = {"x86_64": (_X86_64, _I386), "aarch64": (_AARCH64, _ARM)}


def program(machine: str | None = None) -> bytes | None:
    """The filter for a machine, None for one whose numbers are not known here."""
    abis = _MACHINES.get(machine or platform.machine())
    if abis is None:
        return None
    code = [_load(_ARCHITECTURE)]
    for abi in abis:
        block = _block(abi)
        code += [_jump(_JUMP_EQUAL, abi.mark, no=len(block)), *block]
    # Another ABI's calls would go unseen.
    return b"".join([*code, _give(_ERRNO | errno.ENOSYS)])


def _block(abi: _Abi) -> list[bytes]:
    code = [_load(_NUMBER)]
    if abi is _X86_64:
        code += [_jump(_JUMP_AT_LEAST, _X32, no=1), _give(_ERRNO | errno.ENOSYS)]
    for numbers, error in ((abi.refused, errno.ENOTSUP), (abi.absent, errno.ENOSYS)):
        for number in numbers:
            code += [_jump(_JUMP_EQUAL, number, no=1), _give(_ERRNO | error)]
    code += [
        _jump(_JUMP_EQUAL, abi.socket, no=4),
        _load(_ARGUMENTS),
        _jump(_JUMP_EQUAL, _AF_VSOCK, no=1),
        _give(_ERRNO | errno.EAFNOSUPPORT),
        _give(_ALLOW),
    ]
    for number, argument in sorted(abi.modes.items()):
        code += [
            _jump(_JUMP_EQUAL, number, no=4),
            _load(_ARGUMENTS + 8 * argument),  # its lower half: all are little-endian
            _jump(_JUMP_ANY_BIT, _SET_ID, no=1),
            _give(_ERRNO | errno.EPERM),
            _give(_ALLOW),
        ]
    return [*code, _give(_ALLOW)]


def _load(offset: int) -> bytes:
    return struct.pack("<HBBI", _LOAD, 0, 0, offset)


def _jump(code: int, value: int, *, no: int) -> bytes:
    """Go on when it holds, else leave out `no` instructions."""
    return struct.pack("<HBBI", code, 0, no, value)


def _give(verdict: int) -> bytes:
    return struct.pack("<HBBI", _RETURN, 0, 0, verdict)


def open_program() -> int | None:
    """A new descriptor to read the filter from, for bwrap; the caller closes it."""
    code = program()
    if code is None:
        return None
    handle = os.memfd_create("seccomp")
    os.write(handle, code)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle
