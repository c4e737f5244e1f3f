"""systemd's units in a machine."""

from __future__ import annotations

import shlex

from vmtest.commands import Commands
from vmtest.errors import MachineError, MachineTimeout, RequestedAssertionFailed
from vmtest.waiting import DEFAULT_TIMEOUT, Duration, retry, seconds


class Units(Commands):
    """Asking for units, and waiting for them."""

    def systemctl(self, query: str, user: str | None = None) -> tuple[int, str]:
        """``systemctl <query>``, of the user's own manager when `user` is given."""
        if user is None:
            return self.execute(f"systemctl {query}")
        inner = f"XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user {query}"
        return self.execute(f"su -l {shlex.quote(user)} --shell /bin/sh -c {shlex.quote(inner)}")

    def get_unit_info(self, unit: str, user: str | None = None) -> dict[str, str]:
        """All properties of a unit."""
        status, lines = self.systemctl(f"--no-pager show {shlex.quote(unit)}", user)
        if status != 0:
            raise RequestedAssertionFailed(
                f"{self.name}: retrieving systemctl info for unit '{unit}' failed "
                f"with exit code {status}: {lines}"
            )
        return dict(line.split("=", 1) for line in lines.splitlines() if "=" in line)

    def get_unit_property(self, unit: str, property: str, user: str | None = None) -> str:
        """One property of a unit."""
        status, lines = self.systemctl(
            f"--no-pager show {shlex.quote(unit)} --property={property}", user
        )
        name, found, value = lines.strip().partition("=")
        if status != 0 or not found or name != property:
            raise RequestedAssertionFailed(
                f"{self.name}: unit '{unit}' has no property '{property}' (status {status}): "
                f"{lines.strip()}"
            )
        return value

    def wait_for_unit(
        self, unit: str, user: str | None = None, timeout: Duration = DEFAULT_TIMEOUT
    ) -> None:
        """Wait until a unit is active.

        Raises `RequestedAssertionFailed` at once when it has failed, or is
        inactive while nothing is queued that could start it.
        """
        state = "unknown"

        def check(last: bool) -> bool:
            nonlocal state
            state = self.get_unit_property(unit, "ActiveState", user)
            if state == "failed":
                raise RequestedAssertionFailed(
                    f"{self.name}: unit '{unit}' reached state 'failed'{self._unit_log(unit, user)}"
                )
            if state == "inactive":
                _, jobs = self.systemctl("list-jobs --full 2>&1", user)
                if "No jobs" in jobs and self.get_unit_property(unit, "ActiveState", user) == state:
                    load = self.get_unit_property(unit, "LoadState", user)
                    raise RequestedAssertionFailed(
                        f"{self.name}: unit '{unit}' is inactive (it is {load}) "
                        f"and there are no pending jobs"
                    )
            return state == "active"

        whose = "" if user is None else f" of user '{user}'"
        with self.nested(f"waiting for unit '{unit}'{whose}"):
            try:
                retry(check, timeout)
            except MachineTimeout:
                _, jobs = self.systemctl("list-jobs --full 2>&1", user)
                raise MachineTimeout(
                    f"{self.name}: waited {seconds(timeout):g} seconds for unit '{unit}', "
                    f"which is '{state}'; jobs in the queue:\n{jobs}\n{self.console_tail()}"
                ) from None

    def require_unit_state(self, unit: str, require_state: str = "active") -> None:
        """Raises `RequestedAssertionFailed` unless the unit is in the state."""
        with self.nested(f"checking if unit '{unit}' has reached state '{require_state}'"):
            state = self.get_unit_property(unit, "ActiveState")
            if state != require_state:
                raise RequestedAssertionFailed(
                    f"{self.name}: expected unit '{unit}' to be '{require_state}', it is '{state}'"
                )

    def start_job(self, jobname: str, user: str | None = None) -> tuple[int, str]:
        """``systemctl start``."""
        return self.systemctl(f"start {shlex.quote(jobname)}", user)

    def stop_job(self, jobname: str, user: str | None = None) -> tuple[int, str]:
        """``systemctl stop``."""
        return self.systemctl(f"stop {shlex.quote(jobname)}", user)

    def failed_units_report(self) -> str:
        """The failed units and the end of each one's journal; for reports."""
        query = "list-units --state=failed --no-legend --plain --no-pager"
        _, listing = self.execute(f"systemctl {query}", timeout=20)
        names = [line.split()[0] for line in listing.splitlines() if line.split()]
        if not names:
            return "no unit has failed"
        parts = []
        for name in names[:5]:
            try:
                parts.append(f"failed unit {name}{self._unit_log(name, None)}")
            except MachineError as error:
                parts.append(f"failed unit {name}: no journal: {error}")
        return "\n".join(parts)

    def _unit_log(self, unit: str, user: str | None) -> str:
        if user is not None:
            return ""
        command = f"journalctl --no-pager --quiet -n 20 -o cat -u {shlex.quote(unit)} 2>&1"
        _, text = self.execute(command, timeout=20)
        return "; its journal ends:" + "".join(f"\n    {line}" for line in text.splitlines())
