"""What must hold before a switch changes anything."""

from __future__ import annotations

import json
import subprocess

from switcher.errors import SwitchError


def run_checks(toplevel: str) -> None:
    """Run the generation's checks; raises `SwitchError` with what the first failing one said."""
    with open(f"{toplevel}/activation/activation.json", encoding="utf-8") as file:
        checks: dict[str, str] = json.load(file)["checks"]
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
