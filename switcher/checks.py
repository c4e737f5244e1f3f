"""What must hold before a switch changes anything."""

from __future__ import annotations

import subprocess

from switcher.activate import read_spec
from switcher.errors import SwitchError


def run_checks(toplevel: str) -> None:
    """Run the generation's checks; raises `SwitchError` with what the first failing one said."""
    checks: dict[str, str] = read_spec(toplevel)["checks"]
    for name, text in sorted(checks.items()):
        done = subprocess.run(
            ["/bin/bash", "-e", "-c", text, name], capture_output=True, text=True, check=False
        )
        if done.returncode:
            told = (done.stdout + done.stderr).strip()
            raise SwitchError(
                f"the check '{name}' of the new generation failed"
                + (f":\n{told}" if told else f" with exit code {done.returncode}"),
                hint="nothing was changed",
            )
