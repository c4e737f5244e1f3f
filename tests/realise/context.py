"""A builtin builder's context over a folder, with pinned programs as tools."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.realise.builtin import BuildContext, PathFacts, find_builtin
from builder.store.derivation import Derivation
from tests.reference import pinned

PREFIX = "0" * 32 + "-"


@dataclass
class Workshop:
    """A store in `folder`; every `build` makes a new output."""

    folder: Path
    count: int = 0

    def real(self, logical: str) -> Path:
        """Where a logical path lies."""
        assert logical.startswith("/nix/store/"), logical
        return self.folder / "store" / logical.removeprefix("/nix/store/")

    def add(self, name: str, files: Mapping[str, str]) -> str:
        """A store path with these files; ``-> target`` makes a link, a final slash a folder."""
        logical = f"/nix/store/{PREFIX}{name}"
        self.real(logical).mkdir(parents=True)
        for path, text in files.items():
            place = self.real(f"{logical}/{path}")
            if path.endswith("/"):
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("-> "):
                place.symlink_to(text.removeprefix("-> "))
            else:
                place.write_text(text)
        return logical

    def run(
        self,
        argv: Sequence[str],
        *,
        tools: str,
        binds: Mapping[str, Path] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str = "/",
        stdin: bytes | None = None,
        as_root: bool = False,
    ) -> bytes:
        """The pinned `tools`; this store's paths, in place of the real store's, are at /tests."""
        mine = f"/nix/store/{PREFIX}"
        words = [word.replace(mine, f"/tests/{PREFIX}") for word in argv]
        scratch = self.folder / "runner"
        scratch.mkdir(exist_ok=True)
        (self.folder / "store").mkdir(exist_ok=True)
        return pinned.runner(scratch)(
            words,
            tools=tools,
            binds={"/tests": self.folder / "store", **(binds or {})},
            env=env,
            cwd=cwd,
            stdin=stdin,
            as_root=as_root,
        )

    def build(self, builtin: str, **env: Any) -> Path:
        """Run a builtin builder; values that are not text become JSON."""
        self.count += 1
        scratch = self.folder / f"scratch-{self.count}"
        scratch.mkdir(parents=True)
        out = self.folder / f"out-{self.count}"
        texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in env.items()}

        def no_closure(_: Sequence[str]) -> Sequence[PathFacts]:
            raise AssertionError("none of these builders asks for a closure")

        find_builtin(builtin)(
            BuildContext(
                derivation=Derivation(
                    outputs={},
                    input_drvs={},
                    input_srcs=frozenset(),
                    system="builtin",
                    builder=f"builtin:{builtin}",
                    args=(),
                    env=texts,
                    name="x",
                ),
                env=texts,
                outputs={"out": out},
                scratch=scratch,
                jobs=1,
                mirrors=(),
                log=lambda _: None,
                real=self.real,
                closure=no_closure,
                run=self.run,
            )
        )
        return out


def shown(tree: Path) -> dict[str, str]:
    """Every file's text and every link's target (after ``-> ``) below a folder; links are not
    followed, folders are not listed."""
    found = {}
    for path in sorted(tree.rglob("*")):
        name = str(path.relative_to(tree))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_text()
    return found
