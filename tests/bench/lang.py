"""Evaluation beside the real Nix: whole processes, alternating, medians.

``python -m tests.bench.lang [--runs N] [NAME ...]`` prints, for each program of
``tests/bench/lang``, the seconds of both, their ratio, and the peak memory of
both with its ratio. Both must print the same value. The program ``parsing`` is
made here, since it is only long. What we compile is kept by its content, so
only the first run of a program compiles; what that costs ``parsing-first``
shows, of which every run is a first one.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Measured, measured
from tests.reference import nix
from tests.reference.nix import Nix

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "tests/bench/lang"
FIRST = "parsing-first"

_MODULE = """
  # Service {n}: as a module of a system describes it.
  service{n} = {{ lib, config, ... }}@args: let
      cfg = config.services.service{n} or {{ }};
      port = if cfg ? port then cfg.port else {n} + 1024;
      flags = [ "--port" (toString port) "--name" "service{n}" ] ++ lib.optional (cfg.debug or false) "-d";
    in {{
      options.services.service{n} = {{ enable = lib.mkEnableOption "service {n}"; inherit port; }};
      config = lib.mkIf cfg.enable {{
        environment.etc."service{n}.conf".text = ''
          # made for ${{config.networking.hostName}}
          listen = ${{toString port}}
          path = "/var/lib/service{n}"
        '';
        systemd.services.service{n} = {{
          wantedBy = [ "multi-user.target" ];
          after = [ "network.target" ] ++ map (name: "${{name}}.service") (cfg.after or [ ]);
          serviceConfig.ExecStart = "/usr/sbin/service{n} ${{lib.concatStringsSep " " flags}}";
          serviceConfig.Restart = if port < 1024 && !(cfg.once or false) then "always" else "no";
        }};
      }};
    }};
"""  # noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The medians of one program, ours and the reference's: seconds and MiB."""

    name: str
    wall: tuple[float, float]
    cpu: tuple[float, float]
    peak: tuple[float, float]

    @property
    def ratio(self) -> float:
        """How many times the reference's time we take."""
        return self.wall[0] / self.wall[1]


def _long_program(modules: int) -> str:
    body = "".join(_MODULE.format(n=number) for number in range(modules))
    return f"builtins.length (builtins.attrNames {{{body}}})\n"


class Comparison:
    """Runs programs in both implementations; `folder` is for what they need."""

    def __init__(self, reference: Nix, folder: Path) -> None:
        self.reference = reference
        self.folder = folder
        self.long = folder / "parsing.nix"
        self.long.write_text(_long_program(700))

    def programs(self) -> list[str]:
        """All names, in the table's order."""
        return [*sorted(path.stem for path in PROGRAMS.glob("*.nix")), "parsing", FIRST]

    def _file(self, name: str) -> Path:
        return self.long if name.startswith("parsing") else PROGRAMS / f"{name}.nix"

    def ours(self, name: str, run: int) -> Measured:
        """One run of ours; compiled files are kept between runs, but not those of FIRST."""
        cache = self.folder / (f"cache-{run}" if name == FIRST else "cache")
        neve = Path(sys.executable).with_name("neve")
        return measured(
            [str(neve), "eval", "--impure", "--file", str(self._file(name))],
            cwd=self.folder,
            environment={"XDG_CACHE_HOME": str(cache), "NEVE_STORE": str(self.folder / "store")},
        )

    def theirs(self, name: str) -> Measured:
        """One run of the reference."""
        command = (
            *("nix-instantiate", "--store", "dummy://", "--eval", "--strict"),
            str(self._file(name)),
        )
        return measured(self.reference.argv(*command, see=[ROOT, self.folder]))

    def row(self, name: str, runs: int) -> Row:
        """Measure one program; raises `ValueError` when the values differ."""
        mine, others = [], []
        self.ours(name, -1)
        for run in range(runs):
            mine.append(self.ours(name, run))
            others.append(self.theirs(name))
            if mine[-1].out != others[-1].out:
                raise ValueError(f"{name}: {mine[-1].out!r}, but the reference: {others[-1].out!r}")
        return Row(
            name=name,
            wall=(_median([m.wall for m in mine]), _median([m.wall for m in others])),
            cpu=(_median([m.cpu for m in mine]), _median([m.cpu for m in others])),
            peak=(_median([m.peak for m in mine]), _median([m.peak for m in others])),
        )


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _geometric_mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))


def compare(names: list[str], runs: int) -> list[Row]:
    """Measure and print the table; all programs when none is named."""
    print(
        f"{'program':<16}{'ours':>9}{'Nix':>9}{'ratio':>7}{'(CPU)':>8}"
        f"{'ours':>10}{'Nix':>10}{'ratio':>7}"
    )
    rows = []
    with tempfile.TemporaryDirectory(prefix="neve-bench-lang-") as folder:
        comparison = Comparison(nix(), Path(folder))
        for name in names or comparison.programs():
            row = comparison.row(name, runs)
            rows.append(row)
            print(
                f"{name:<16}{row.wall[0]:>7.2f} s{row.wall[1]:>7.2f} s{row.ratio:>7.2f}"
                f"{row.cpu[0] / row.cpu[1]:>8.2f}"
                f"{row.peak[0]:>6.0f} MiB{row.peak[1]:>6.0f} MiB{row.peak[0] / row.peak[1]:>7.2f}",
                flush=True,
            )
    mean = _geometric_mean([row.ratio for row in rows])
    cpu = _geometric_mean([row.cpu[0] / row.cpu[1] for row in rows])
    worst = max(row.ratio for row in rows)
    memory = max(row.peak[0] / row.peak[1] for row in rows)
    print(
        f"geometric mean {mean:.2f} (CPU {cpu:.2f}; promised: 5), worst {worst:.1f} (12), ", end=""
    )
    print(f"most memory {memory:.1f} times (3)", flush=True)
    return rows


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Evaluation beside the real Nix.")
    parser.add_argument("names", nargs="*", help="programs; all when none is named")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    compare(given.names, given.runs)


if __name__ == "__main__":
    main()
