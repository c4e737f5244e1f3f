"""``vm-test``: build the manifests of a flake's machine tests and hand them to pytest."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder.cli.attribute import split_installable
from builder.cli.deadline import clear_deadline
from builder.cli.errors import UsageError
from builder.cli.installable import find
from builder.cli.options import session_of
from builder.cli.session import Session
from builder.lang.errors import nearest
from builder.realise.settings import current_system
from builder.store.paths import StorePath

MANIFEST = "test.json"


def run(words: argparse.Namespace) -> int:
    """Run the tests; pytest's exit code."""
    session = session_of(words)
    reference, name = split_installable(words.tests)
    checks = find(session, f"{reference}#checks.{current_system()}", prefixes=("",), default="")
    names = _chosen(checks.value, name)
    if words.skip_slow:
        names = [item for item in names if not _is_slow(session, checks.value[item])]
    if words.list:
        print("".join(f"{item}\n" for item in names), end="")
        return 0
    tests = {item: _test(session, checks.value[item], item, words.profile) for item in names}
    wanted = {drv: frozenset({"out"}) for drv in tests.values()}
    made = session.realise(wanted)
    manifests = [session.store.real_path(made[drv]["out"]) / MANIFEST for drv in tests.values()]
    return _pytest(session, words, reference, manifests)


def _chosen(checks: dict[str, Any], name: str) -> list[str]:
    if not name:
        return sorted(checks)
    if name not in checks:
        near = nearest(name, checks)
        raise UsageError(
            f"there is no machine test '{name}'",
            hint=f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(checks))}",
        )
    return [name]


def _is_slow(session: Session, check: Any) -> bool:
    """Whether a test says ``meta.slow = true`` of itself."""
    force = session.evaluator.force
    meta = force(force(check).get("meta", {}))
    return force(meta.get("slow", False)) is True


def _test(session: Session, check: Any, name: str, profile: str | None) -> StorePath:
    """The derivation of a test's manifest, on the hardware profile if one is named."""
    force = session.evaluator.force
    value = force(check)
    if profile is not None:
        profiles = force(value.get("profiles", {}))
        if profile not in profiles:
            raise UsageError(
                f"test '{name}' has no hardware profile '{profile}'",
                hint=f"it has {', '.join(sorted(profiles)) or 'none'}",
            )
        value = force(profiles[profile])
    drv, _ = session.evaluator.coerce_to_string(value["drvPath"])
    return StorePath.parse(drv)


def _pytest(
    session: Session, words: argparse.Namespace, reference: str, manifests: Sequence[Path]
) -> int:
    """Replace this process by pytest, so that its memory is free for the machines."""
    again = ["vm-test", f"{reference}#{{name}}"]
    if words.profile:
        again += ["--profile", words.profile]
    rest = [*words.rest, *(["--vm-interactive"] if words.interactive else [])]
    if not any(item in ("-n", "--numprocesses") or item.startswith("-n") for item in rest):
        jobs = min(len(manifests), words.jobs or os.cpu_count() or 1)
        if jobs > 1 and "--vm-interactive" not in rest:
            rest += ["-n", str(jobs)]
    if "--vm-interactive" in rest:
        rest.append("-s")
    command = [
        *(sys.executable, "-m", "pytest", "-p", "vmtest.plugin", "-c", os.devnull),
        *("--rootdir", str(Path.cwd()), "-o", f"cache_dir={session.cache / 'vm-test'}"),
        *("--vm-store", str(session.store.root), "--vm-rerun", shlex.join(again)),
    ]
    bwrap = session.bubblewrap()
    if bwrap:
        command += ["--vm-bwrap", shlex.join(bwrap)]
    for manifest in manifests:
        command += ["--vm-manifest", str(manifest)]
    sys.stdout.flush()
    clear_deadline()  # which is for what is built; the machines' tests have times of their own
    os.execv(sys.executable, [*command, *rest])
