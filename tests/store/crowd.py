"""Many processes that build overlapping closures in one store at the same time.

``python -m tests.store.crowd --processes 8 --seconds 120 --seed 1``: each process
builds random parts of one graph after the other, all of them the same graph at
about the same time. None may fail, and no derivation may be built twice; the real
Nix verifies the store at the end.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from builder.lang.comparison import text_of
from builder.lang.evaluator import Evaluator
from builder.realise.progress import Progress
from builder.realise.scheduler import Realiser
from builder.realise.settings import Settings
from builder.store.local import LocalStore
from builder.store.paths import StorePath
from builder.store.verify import verify
from tests.hosts import idle_host
from tests.reference import nix

_ROUND = 2.0  # seconds for which all build the same graph
_BREADTH, _DEPTH = 8, 4


def _graph(round_: int, depth: int, number: int) -> str:
    """One node of a round's graph, as an expression; it uses all nodes below its level."""
    return f"""
      let
        tree = name: inputs: derivation {{
          inherit name;
          system = "builtin";
          builder = "builtin:tree";
          version = 1;
          spec = builtins.toJSON ({{ "round".text = "{round_}"; }} // builtins.listToAttrs (
            builtins.genList (n: {{
              name = "i${{toString n}}";
              value.link = "${{builtins.elemAt inputs n}}";
            }}) (builtins.length inputs)));
        }};
        node = depth: n: tree "t${{toString depth}}-${{toString n}}" (level (depth - 1));
        levels = builtins.genList (d: if d == 0 then [ ] else builtins.genList (node d) {_BREADTH})
          {_DEPTH + 1};
        level = builtins.elemAt levels;
      in (builtins.elemAt (level {depth}) {number}).drvPath
    """


class Recorder(Progress):
    """Remembers what this process built itself."""

    def __init__(self) -> None:
        self.begun: set[StorePath] = set()
        self.built: list[str] = []

    def started(self, drv: StorePath) -> None:
        """A build begins here."""
        self.begun.add(drv)

    def finished(self, drv: StorePath, seconds: float) -> None:
        """A build has ended."""
        self.begun.remove(drv)
        self.built.append(drv.base)


def work(root: Path, seed: int, start: float, seconds: float) -> list[str]:
    """Build until the time is over; the ``.drv`` files that were built here, one a build."""
    chance = random.Random(seed)
    store, recorder = LocalStore(root), Recorder()
    while (passed := time.time() - start) < seconds:
        host = idle_host(store, pure=True, system="builtin")
        evaluator = Evaluator(host)
        round_ = int(passed / _ROUND)
        text = _graph(round_, chance.randint(1, _DEPTH), chance.randrange(_BREADTH))
        path, _ = evaluator.coerce_to_string(evaluator.eval_string(text))
        drv = StorePath.parse(text_of(path))
        realiser = Realiser(store, Settings(jobs=2), recorder)
        realiser.realise([(drv, None)], host.derivations)
    return recorder.built


def crowd(root: Path, processes: int, seconds: float, seed: int) -> Counter[str]:
    """Let them build; how often each derivation was. Raises AssertionError."""
    LocalStore(root).database.close()
    words = [sys.executable, "-m", "tests.store.crowd", "--root", str(root)]
    words += ["--seconds", str(seconds), "--start", str(time.time())]
    running = [
        subprocess.Popen(
            [*words, "--seed", str(seed + number)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for number in range(processes)
    ]
    built: Counter[str] = Counter()
    for process in running:
        out, err = process.communicate()
        assert process.returncode == 0, err
        built.update(json.loads(out))
    twice = [drv for drv, count in built.items() if count > 1]
    assert not twice, f"built more than once: {twice}"
    store = LocalStore(root)
    problems = [str(problem) for problem in verify(store, contents=True)]
    assert not problems, problems
    outputs = {path for path in store.database.all_paths() if not path.is_derivation}
    assert len(outputs) == len(built)
    done = nix().run(
        "nix-store", "--store", str(root), "--verify", "--check-contents", write=[root]
    )
    assert done.status == 0 and "warning" not in done.err, done.err
    return built


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--start", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.root is not None:
        print(json.dumps(work(given.root, given.seed, given.start, given.seconds)))
        return
    with tempfile.TemporaryDirectory(prefix="neve-crowd-") as folder:
        built = crowd(Path(folder) / "root", given.processes, given.seconds, given.seed)
    print(
        f"{given.processes} processes, {given.seconds:.0f} s: {len(built)} derivations, each once"
    )


if __name__ == "__main__":
    main()
