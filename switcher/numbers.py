"""The numbers of users and groups, kept for ever.

``/var/lib/neve/ids.json`` remembers which name had which number, also for
names that are gone: a number once given out is never given to another name,
so no file on the machine changes its owner.
"""

from __future__ import annotations

import json
import os

from switcher.files import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

STATE = "/var/lib/neve/ids.json"
SYSTEM = range(999, 399, -1)
NORMAL = range(1000, 30000)


class Remembered:
    """What is known from earlier generations.

    `numbers` maps "users" and "groups" to the number of each name;
    `retired` are numbers that a name had once and has no longer; `declared`
    are the names that the last generation declared, and `members` the members
    that it declared for each group.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, dict[str, int]] = {"users": {}, "groups": {}}
        self.retired: dict[str, list[int]] = {"users": [], "groups": []}
        self.declared: dict[str, list[str]] = {"users": [], "groups": []}
        self.members: dict[str, list[str]] = {}

    @staticmethod
    def load(root: str) -> Remembered:
        """Read it from the machine below `root`."""
        found = Remembered()
        try:
            with open(f"{root}{STATE}", encoding="utf-8") as file:
                data = json.load(file)
        except FileNotFoundError:
            return found
        found.numbers, found.retired = data["numbers"], data["retired"]
        found.declared, found.members = data["declared"], data["members"]
        return found

    def save(self, root: str) -> None:
        """Write it."""
        path = f"{root}{STATE}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, json.dumps(vars(self), indent=1, sort_keys=True) + "\n")

    def assign(
        self,
        kind: str,
        entries: Sequence[Mapping[str, Any]],
        present: Mapping[str, int],
        system: Iterable[str],
    ) -> dict[str, int]:
        """The number of every declared name: as declared, as before, or a free one.

        `kind` is "users" or "groups"; `entries` have ``name`` and ``number``
        (None: any); `present` are the numbers on the machine now; names in
        `system` take theirs from the system's range. Raises ValueError when
        none is left.
        """
        known, retired = self.numbers[kind], self.retired[kind]
        for name, number in sorted(present.items()):
            known.setdefault(name, number)
        given: dict[str, int] = {
            item["name"]: item["number"] for item in entries if item["number"] is not None
        }
        taken = set(given.values())
        ever = {*taken, *known.values(), *retired}
        low = frozenset(system)
        for name in sorted(item["name"] for item in entries if item["number"] is None):
            before = known.get(name)
            if before is None or before in taken:
                number = _free(name, SYSTEM if name in low else NORMAL, ever)
            else:
                number = before
            given[name] = number
            taken.add(number)
            ever.add(number)
        for name, number in given.items():
            if known.get(name, number) != number:
                retired.append(known[name])
        # A number that is declared for one name is no other's any more.
        others = {name: n for name, n in known.items() if n not in taken}
        self.numbers[kind] = {**others, **given}
        retired[:] = sorted(set(retired))
        return given


def _free(name: str, candidates: range, ever: set[int]) -> int:
    for number in candidates:
        if number not in ever:
            return number
    raise ValueError(f"no free number between {min(candidates)} and {max(candidates)} for '{name}'")
