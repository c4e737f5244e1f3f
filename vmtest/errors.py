"""Exceptions of the harness, with the names that NixOS's test driver gives them."""

from __future__ import annotations


class HarnessError(Exception):
    """The harness cannot do what was asked: a bad manifest, a missing tool."""


class MachineError(Exception):
    """A machine did not do what the test expected of it."""


class RequestedAssertionFailed(MachineError):
    """A unit, a command or a condition that the test asked for did not come true."""


class MachineTimeout(MachineError):
    """A deadline passed; the message says what was being waited for."""


class GlobalTimeout(BaseException):
    """The whole test's time is over. Not an `Exception`, so that no test script swallows it."""
