"""What ``neve rebuild`` does that needs no evaluation."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from switcher.errors import SwitchError
from switcher.profile import Profile, ProfileGeneration
from switcher.say import say
from switcher.switch import switch_to


def rollback(action: str, profile: Profile | None = None) -> int:
    """Go to the generation before the current one; `action` is switch, boot or test.

    The exit code is `switch_to`'s; raises `SwitchError`.
    """
    profile = profile or Profile()
    target = profile.before_current()
    say(f"rolling back to generation {target.number}")
    if not os.path.exists(f"{target.toplevel}/activate"):
        raise SwitchError(
            f"generation {target.number} is '{target.toplevel}', which is not there any more"
        )
    return switch_to(target.toplevel, action, profile, number=target.number)


def specialised(toplevel: str, name: str | None) -> str:
    """The path of a generation's variant; raises `SwitchError` with the names there are."""
    if name is None:
        return toplevel
    folder = f"{toplevel}/specialisation"
    known = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    if name not in known:
        raise SwitchError(
            f"the generation has no specialisation '{name}'",
            hint=f"it has: {', '.join(known) or 'none'}",
        )
    return os.path.realpath(f"{folder}/{name}")


def list_generations(*, as_json: bool, profile: Profile | None = None) -> None:
    """Print all generations, newest first."""
    profile = profile or Profile()
    rows = [_facts(generation) for generation in reversed(profile.generations())]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'Generation':<11} {'Build date':<20} {'Version':<32} {'Kernel':<28} Current")
    for row in rows:
        current = "True" if row["current"] else ""
        print(
            f"{row['generation']:<11} {row['date']:<20} {row['nixosVersion']:<32} "
            f"{row['kernelVersion']:<28} {current}".rstrip()
        )


def _facts(generation: ProfileGeneration) -> dict[str, object]:
    return {
        "generation": generation.number,
        "date": f"{datetime.fromtimestamp(generation.created, UTC):%Y-%m-%d %H:%M:%S}",
        "nixosVersion": _text(f"{generation.toplevel}/nixos-version"),
        "kernelVersion": os.path.basename(
            os.path.realpath(f"{generation.toplevel}/kernel")
        ).removeprefix("vmlinuz-"),
        "specialisations": _names(f"{generation.toplevel}/specialisation"),
        "current": generation.current,
    }


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return "unknown"


def _names(folder: str) -> list[str]:
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []
