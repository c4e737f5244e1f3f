"""A store whose processes are killed at random moments, again and again.

``python -m tests.store.crash --count 500 --seed 1 [--seconds 1500]`` kills builds, copies from
a cache, collections and linkings in turn. After each kill the store must
verify, and the same work must succeed when it is done anew; the real Nix
verifies it at the end.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from builder.store.local import LocalStore
from builder.store.verify import verify
from tests.reference import nix

_LONGEST = 0.6  # seconds until a kill
_BREADTH, _DEPTH = 6, 4  # of the graph of derivations


def graph(round_: int) -> str:
    """A flake's worth of small derivations, other ones each round, as an expression."""
    return f"""
      let
        files = name: builtins.genList (n: {{
          name = "f${{toString n}}";
          value.text = "{round_} ${{name}} ${{toString n}}";
        }}) 40;
        links = inputs: builtins.genList (n: {{
          name = "i${{toString n}}";
          value.link = "${{builtins.elemAt inputs n}}";
        }}) (builtins.length inputs);
        tree = name: inputs: derivation {{
          inherit name;
          system = "builtin";
          builder = "builtin:tree";
          version = 1;
          spec = builtins.toJSON (builtins.listToAttrs (files name ++ links inputs));
        }};
        name = depth: n: "t${{toString depth}}-${{toString n}}";
        level = depth: if depth == 0 then [ ] else
          builtins.genList (n: tree (name depth n) (level (depth - 1))) {_BREADTH};
      in tree "top" (level {_DEPTH})
    """


@dataclass
class Crash:
    """One store that survives, and a cache that feeds it."""

    folder: Path
    random: random.Random

    def __post_init__(self) -> None:
        self.root = self.folder / "root"
        self.cache = self.folder / "cache"

    def neve(self, *words: str, root: Path | None = None) -> list[str]:
        code = "import sys; from builder.cli.main import neve; sys.exit(neve())"
        return [sys.executable, "-c", code, *words, "--store", str(root or self.root)]

    def command(self, kind: str, round_: int) -> list[str]:
        """The work of a kind."""
        built = ["eval", "--impure", "--expr", f"builtins.readDir ({graph(round_)})", "--quiet"]
        match kind:
            case "build":
                return self.neve(*built)
            case "copy":
                other = self.folder / "other"
                subprocess.run(self.neve(*built, root=other), check=True, capture_output=True)
                top = self.top(other)
                push = self.neve("store", "push", str(self.cache), top, root=other)
                subprocess.run(push, check=True, capture_output=True)
                options = ["--option", "require-sigs", "false"]
                return self.neve("store", "copy", "--from", f"file://{self.cache}", top, *options)
            case "collect":
                return self.neve("store", "gc")
            case _:
                return self.neve("store", "optimise")

    def top(self, root: Path) -> str:
        """The newest built top of a store."""
        store = LocalStore(root)
        tops = [p for p in store.database.all_paths() if p.name == "top"]
        return str(max(tops, key=lambda path: store.query(path).registration_time))

    def round(self, number: int) -> str:
        """Kill once; the kind of work, and whether the kill came in time."""
        kind = self.random.choice(["build", "build", "copy", "collect", "link"])
        command = self.command(kind, number)
        # A group of its own: workers die with their parent, which is what is tried here.
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        time.sleep(self.random.uniform(0.0, _LONGEST))
        process.send_signal(signal.SIGKILL)
        _, told = process.communicate()
        if process.returncode not in (0, -signal.SIGKILL):
            raise AssertionError(f"{kind} failed before it was killed: {told.decode()}")
        self.check(kind)
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{kind} failed after a kill: {done.stderr}")
        return f"{kind} {'killed' if process.returncode else 'too late'}"

    def check(self, kind: str) -> None:
        """The store holds what it says."""
        problems = [str(problem) for problem in verify(LocalStore(self.root), contents=True)]
        if problems:
            raise AssertionError(f"after a killed {kind}: {problems}")

    def finish(self) -> None:
        """Collecting leaves nothing behind, and the real Nix agrees."""
        subprocess.run(self.neve("store", "gc"), check=True, capture_output=True)
        store = LocalStore(self.root)
        left = {file.name for file in store.folder.iterdir() if file.name != ".links"}
        assert left == {path.base for path in store.database.all_paths()}, left
        builds = store.state / "builds"
        assert not builds.is_dir() or not list(builds.iterdir())
        command = ("nix-store", "--store", str(self.root), "--verify", "--check-contents")
        done = nix().run(*command, write=[self.root])
        assert done.status == 0 and "warning" not in done.err, done.err


def crash(count: int, seed: int, seconds: float = math.inf) -> Counter[str]:
    """Kill `count` times, or as often as fits into `seconds`; how often what was hit.

    Raises AssertionError.
    """
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="neve-crash-") as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache-home"
        place = Crash(Path(folder), random.Random(seed))
        subprocess.run(place.command("build", -1), check=True, capture_output=True)
        numbers = takewhile(lambda _: time.monotonic() < end, range(count))
        found = Counter(place.round(number) for number in numbers)
        place.finish()
        return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf)
    words = parser.parse_args()
    print(json.dumps(crash(words.count, words.seed, words.seconds), indent=2, sort_keys=True))


if __name__ == "__main__":
    main()
