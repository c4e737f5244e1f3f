"""Mercurial repositories, by the program ``hg``."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.flake.archives import scratch
from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef
from builder.flake.source import SOURCE, Source
from builder.store.local import LocalStore
from builder.store.paths import StorePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Mercurial:
    """Fetches into `store`; the program is looked for as `environment` says."""

    store: LocalStore
    environment: Mapping[str, str]

    def fetch(self, reference: FlakeRef) -> Source:
        """The files of a commit, or of a local work tree with its changes.

        Raises `FlakeError`.
        """
        url = reference.get("url")
        local = Path(url.removeprefix("file://")) if url.startswith(("file://", "/")) else None
        if local is not None and not {"ref", "rev"} & reference.attributes.keys():
            changed = self._run("status", "-R", str(local), "-mard", "--no-status")
            if changed:
                return self._work_tree(local, reference)
        return self._commit(url, reference)

    def _work_tree(self, root: Path, reference: FlakeRef) -> Source:
        names = self._run("status", "-R", str(root), "-cma", "--no-status", "--print0")
        kept = {str(root)}
        for name in filter(None, names.split("\0")):
            item = root / name
            kept.update(str(above) for above in (item, *item.parents))
        path = self.store.add_path(
            root, reference.get("name", SOURCE), keep=lambda item, _: item in kept
        )
        branch = self._run("branch", "-R", str(root)).strip()
        return self._added(path, reference.with_attributes(ref=branch))

    def _commit(self, url: str, reference: FlakeRef) -> Source:
        wanted = reference.get("rev") or reference.get("ref") or "default"
        with scratch() as folder:
            clone, target = folder / "clone", folder / "tree"
            self._run("clone", "--noupdate", "--", url, str(clone))
            template = "{node} {rev} {branch}"
            told = self._run("log", "-R", str(clone), "-r", wanted, "--template", template)
            node, count, branch = told.split(" ", 2)
            self._run("archive", "-R", str(clone), "-r", node, str(target))
            (target / ".hg_archival.txt").unlink(missing_ok=True)
            path = self.store.add_path(target, reference.get("name", SOURCE))
        return self._added(
            path, reference.with_attributes(rev=node, ref=branch, revCount=int(count))
        )

    def _added(self, path: StorePath, locked: FlakeRef) -> Source:
        return Source.added(self.store, path, locked, locked.get("url"))

    def _run(self, *words: str) -> str:
        program = shutil.which("hg", path=self.environment.get("PATH"))
        if program is None:
            raise FlakeError(
                "a Mercurial repository is fetched by the program 'hg', which is not there",
                hint="install mercurial",
            )
        done = subprocess.run(
            [program, *words],
            capture_output=True,
            check=False,
            env={**os.environ, **self.environment, "HGPLAIN": "", "LC_ALL": "C.UTF-8"},
        )
        said = done.stderr.decode("utf-8", "replace").strip()
        if done.returncode != 0:
            raise FlakeError(f"program 'hg {' '.join(words)}' failed: {said}")
        return done.stdout.decode("utf-8", "surrogateescape")
