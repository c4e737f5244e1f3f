"""What every machine can do, expressed through commands run in it."""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from vmtest.errors import MachineTimeout, RequestedAssertionFailed
from vmtest.log import Log
from vmtest.waiting import DEFAULT_TIMEOUT, Duration, retry, seconds


class Commands(ABC):
    """Running commands and judging how they end."""

    def __init__(self, name: str, log: Log) -> None:
        self.name = name
        self._log = log

    @abstractmethod
    def execute(
        self,
        command: str,
        check_return: bool = True,
        check_output: bool = True,
        timeout: Duration | None = DEFAULT_TIMEOUT,
    ) -> tuple[int, str]:
        """Exit status and output of `command` under ``set -euo pipefail``.

        The status is -1 without `check_return`, -2 without `check_output`
        (the output is not waited for then), 124 when `timeout` passes.
        """

    @abstractmethod
    def console_tail(self) -> str:
        """The console's last lines, for messages."""

    def log(self, msg: str) -> None:
        """A message about this machine."""
        self._log.log(f"{self.name}: {msg}")

    @contextmanager
    def nested(self, msg: str) -> Iterator[None]:
        """A message about this machine, with what happens within below it."""
        with self._log.nested(f"{self.name}: {msg}"):
            yield

    def succeed(self, *commands: str, timeout: Duration | None = None) -> str:
        """The commands' output; raises `RequestedAssertionFailed` when one fails."""
        output = ""
        for command in commands:
            with self.nested(f"must succeed: {command}"):
                status, out = self.execute(command, timeout=_limit(timeout))
                if status != 0:
                    self.log(f"output: {out}")
                    raise RequestedAssertionFailed(
                        f"{self.name}: command `{command}` failed ({_status(status, timeout)})"
                        f"{_indented(out)}"
                    )
                output += out
        return output

    def fail(self, *commands: str, timeout: Duration | None = None) -> str:
        """The commands' output; raises `RequestedAssertionFailed` when one succeeds."""
        output = ""
        for command in commands:
            with self.nested(f"must fail: {command}"):
                status, out = self.execute(command, timeout=_limit(timeout))
                if status == 0:
                    raise RequestedAssertionFailed(
                        f"{self.name}: command `{command}` unexpectedly succeeded{_indented(out)}"
                    )
                output += out
        return output

    def wait_until_succeeds(self, command: str, timeout: Duration = DEFAULT_TIMEOUT) -> str:
        """Run `command` again until it succeeds, and return its output."""
        return self._wait_until(command, timeout, success=True)

    def wait_until_fails(self, command: str, timeout: Duration = DEFAULT_TIMEOUT) -> str:
        """Run `command` again until it fails, and return its output."""
        return self._wait_until(command, timeout, success=False)

    def _wait_until(self, command: str, timeout: Duration, *, success: bool) -> str:
        status, output = 0, ""

        def check(last: bool) -> bool:
            nonlocal status, output
            status, output = self.execute(command, timeout=timeout)
            return (status == 0) == success

        what = "success" if success else "failure"
        with self.nested(f"waiting for {what}: {command}"):
            try:
                retry(check, timeout)
            except MachineTimeout:
                raise MachineTimeout(
                    f"{self.name}: waited {seconds(timeout):g} seconds for {what} of `{command}`; "
                    f"last status {status}{_indented(output)}\n{self.console_tail()}"
                ) from None
        return output

    def wait_for(self, what: str, command: str, timeout: Duration) -> None:
        """Wait until `command` succeeds; `what` names it in the log and in errors."""
        with self.nested(f"waiting for {what}"):
            try:
                retry(lambda last: self.execute(command, timeout=timeout)[0] == 0, timeout)
            except MachineTimeout:
                raise MachineTimeout(
                    f"{self.name}: waited {seconds(timeout):g} seconds for {what}"
                    f"\n{self.console_tail()}"
                ) from None

    def sleep(self, duration: Duration) -> None:
        """Let `duration` pass on the guest's clock."""
        self.succeed(f"sleep {seconds(duration):g}")

    def wait_for_file(self, filename: str, timeout: Duration = DEFAULT_TIMEOUT) -> None:
        """Wait until a file exists."""
        self.wait_for(f"file '{filename}'", f"test -e {shlex.quote(filename)}", timeout)

    def wait_for_open_port(
        self, port: int, addr: str = "localhost", timeout: Duration = DEFAULT_TIMEOUT
    ) -> None:
        """Wait until something accepts TCP connections."""
        self.wait_for(f"TCP port {port} on {addr}", _connects(port, addr), timeout)

    def wait_for_closed_port(
        self, port: int, addr: str = "localhost", timeout: Duration = DEFAULT_TIMEOUT
    ) -> None:
        """Wait until nothing accepts TCP connections any more."""
        command = f"! {_connects(port, addr)}"
        self.wait_for(f"TCP port {port} on {addr} to be closed", command, timeout)

    def wait_for_open_unix_socket(
        self, addr: str, is_datagram: bool = False, timeout: Duration = DEFAULT_TIMEOUT
    ) -> None:
        """Wait until something listens on the Unix socket `addr`."""
        kind = "dgram" if is_datagram else "stream"
        # The kernel's own table needs no program; type 0001 is a stream, 0002 datagrams,
        # and flag 10000 says that a stream listens.
        row = f'$5 == "{"0002" if is_datagram else "0001"}" && $8 == {_awk_text(addr)}' + (
            "" if is_datagram else ' && $4 == "00010000"'
        )
        script = f"awk '{row} {{found=1}} END {{exit !found}}' /proc/net/unix"
        self.wait_for(f"unix {kind} socket '{addr}'", script, timeout)

    def get_tty_text(self, tty: str) -> str:
        """What a virtual terminal shows."""
        _, output = self.execute(
            f"fold -w$(stty -F /dev/tty{tty} size | awk '{{print $2}}') /dev/vcs{tty}"
        )
        return output

    def wait_until_tty_matches(
        self, tty: str, regexp: str, timeout: Duration = DEFAULT_TIMEOUT
    ) -> None:
        """Wait until the terminal's text matches the regular expression."""
        import re

        text = ""

        def check(last: bool) -> bool:
            nonlocal text
            text = self.get_tty_text(tty)
            return re.search(regexp, text) is not None

        with self.nested(f"waiting for '{regexp}' on tty {tty}"):
            try:
                retry(check, timeout)
            except MachineTimeout:
                raise MachineTimeout(
                    f"{self.name}: '{regexp}' did not appear on tty {tty} within "
                    f"{seconds(timeout):g} seconds; it shows:{_indented(text)}"
                ) from None


def _connects(port: int, addr: str) -> str:
    """Bash's own sockets: the guest needs no further program."""
    return f"timeout 5 bash -c {shlex.quote(f'exec 3<>/dev/tcp/{addr}/{port}')} 2>/dev/null"


def _awk_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("'", "'\\''")
    return f'"{escaped}"'


def _limit(timeout: Duration | None) -> Duration:
    return DEFAULT_TIMEOUT if timeout is None else timeout


def _status(status: int, timeout: Duration | None) -> str:
    if status == 124:
        return f"exit code 124: not done within {seconds(_limit(timeout)):g} seconds"
    return f"exit code {status}"


def _indented(text: str) -> str:
    lines = text.splitlines()[-40:]
    return "".join(f"\n    {line}" for line in lines)
