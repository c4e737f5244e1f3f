"""Derivations to outputs: real workers, real sandboxes, a real store."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builder.cli.session import Options, Session
from builder.realise.bubblewrap import pinned_bubblewrap
from builder.realise.environment import prepare
from builder.realise.errors import BuildError
from builder.realise.plan import make_plan
from builder.realise.progress import Progress
from builder.realise.references_graph import ReferencesGraph
from builder.realise.sandbox import Bind, Sandbox
from builder.realise.scheduler import Realiser
from builder.realise.settings import Settings, current_system
from builder.store.hashes import hash_bytes
from builder.store.instantiate import instantiate
from builder.store.nar import dump_file
from builder.store.paths import StorePath
from tests.realise.conftest import Bench
from tests.reference import nix
from tests.reference.pinned import REPOSITORY, bubblewrap


def test_sandboxed_build_sees_only_its_inputs(bench: Bench) -> None:
    hidden = bench.store.add_text("hidden", b"secret")
    seen = bench.store.add_text("seen", b"content of seen")
    drv = bench.shell(
        "probe",
        f"""
        test ! -e {hidden}; test ! -e /home; test ! -e /root; test ! -e /etc/shadow
        if (echo x > {seen}) 2>/dev/null; then exit 7; fi
        if (echo x > /usr/bin/new) 2>/dev/null; then exit 8; fi
        mkdir $out; cat {seen} > $out/seen; id -u > $out/uid; pwd > $out/pwd
        cat /proc/net/dev > $TMPDIR/net
        while read -r line; do case $line in *lo:*|*Inter*|*face*) ;; *) exit 9;; esac; done \
            < $TMPDIR/net
        echo "$HOME $PATH $NIX_STORE $NIX_BUILD_CORES $NIX_BUILD_TOP $TMPDIR" > $out/env
        echo "on stdout"; echo "on stderr" >&2
        """,
        sources=[seen],
        env={"PATH": "/bin"},
    )
    bench.realise(drv)
    assert bench.read(drv, "/seen") == "content of seen"
    assert bench.read(drv, "/uid") == "1000\n"
    assert bench.read(drv, "/pwd") == "/build\n"
    assert bench.read(drv, "/env") == "/homeless-shelter /bin /nix/store 3 /build /build\n"
    assert bench.log(drv) == "on stdout\non stderr\n"
    info = bench.store.query(bench.out(drv))
    assert (info.deriver, info.ultimate, info.references) == (drv, True, ())


def test_outputs_references_and_the_real_nix(bench: Bench) -> None:
    first = bench.shell(
        "first",
        "echo $out > $dev; mkdir $out; echo hi > $out/file; ln -s file $out/link",
        outputs=("out", "dev"),
        env={"PATH": "/bin"},
    )
    inner = bench.out(first)
    second = bench.shell(
        "second",
        f"mkdir $out; ln -s {inner}/file $out/a; echo $out > $out/self; chmod 700 $out/self",
        input_drvs={first: ("out",)},
        env={"PATH": "/bin"},
    )
    bench.realise(second)
    out = bench.out(second)
    assert bench.store.references(out) == tuple(sorted((inner, out)))
    assert bench.store.references(bench.out(first, "dev")) == (inner,)
    assert bench.store.database.derivers(out) == [second]
    assert bench.store.is_valid(first)
    assert not list((bench.store.state / "builds").iterdir())
    assert {p.name for p in bench.store.folder.iterdir()} == {
        p.base for p in bench.store.database.all_paths()
    }
    judge, root = nix(), str(bench.store.root)
    done = judge.run(
        "nix-store", "--store", root, "--verify", "--check-contents", write=[bench.store.root]
    )
    assert (done.status, "warning" in done.err) == (0, False), done.err
    query = ("nix-store", "--store", root, "-q", "--references", str(out))
    listed = judge.run(*query, write=[bench.store.root]).out.split()
    assert listed == [str(p) for p in sorted((inner, out))]


def test_failure_shows_the_log_and_leaves_nothing(bench: Bench) -> None:
    script = "mkdir $out; i=0; while test $i -lt 40; do echo line $i; i=$((i+1)); done; exit 3"
    drv = bench.shell("broken", script, env={"PATH": "/bin"})
    with pytest.raises(BuildError) as caught:
        bench.realise(drv)
    text = str(caught.value)
    assert f"builder for '{drv}' failed: exit code 3" in text
    assert "line 39" in text and "line 14\n" not in text
    assert f"neve log {drv}" in text
    assert not bench.store.is_valid(bench.out(drv))
    assert not bench.store.real_path(bench.out(drv)).exists()
    assert not list((bench.store.state / "builds").iterdir())
    assert not list(bench.store.folder.glob("*.lock"))


def test_missing_output_is_named(bench: Bench) -> None:
    drv = bench.shell("lazy", "echo > $out", outputs=("out", "doc"), env={"PATH": "/bin"})
    with pytest.raises(BuildError, match="failed to produce the output 'doc'"):
        bench.realise(drv)


@pytest.mark.parametrize("recursive", [True, False])
def test_fixed_output_is_checked(bench: Bench, recursive: bool) -> None:
    good = hash_bytes("sha256", b"right\n")
    if recursive:
        good = hash_bytes("sha256", dump_file(b"right\n"))
    wrong = bench.shell("fixed", "echo wrong > $out", output_hash=good, recursive=recursive)
    with pytest.raises(BuildError) as caught:
        bench.realise(wrong)
    assert f"wanted: {good.sri}" in str(caught.value)
    right = bench.shell("fixed", "echo right > $out", output_hash=good, recursive=recursive)
    assert bench.out(right) == bench.out(wrong)
    bench.realise(right)
    kind = "fixed:r:" if recursive else "fixed:"
    assert bench.store.query(bench.out(right)).ca == f"{kind}sha256:{good.base32}"


def test_reference_rules(bench: Bench) -> None:
    other = bench.store.add_text("other", b"x")
    for rule, value, allowed in (
        ("allowedReferences", "", False),
        ("allowedReferences", str(other), True),
        ("disallowedReferences", str(other), False),
        ("disallowedRequisites", str(other), False),
    ):
        drv = bench.shell(
            f"rule-{rule}", f"echo {other} > $out", sources=[other], env={rule: value}
        )
        if allowed:
            bench.realise(drv)
        else:
            with pytest.raises(BuildError, match=rule):
                bench.realise(drv)


def test_structured_attributes(bench: Bench) -> None:
    data = {
        "name": "s",
        "__tools": str(bench.tools),
        "list": ["a b", 1, True],
        "table": {"k": "it's"},
        "no": False,
        "builder": "/bin/sh",
    }
    drv, derivation = instantiate(
        name="s",
        system=current_system(),
        builder="/bin/sh",
        args=["-c", "cat $NIX_ATTRS_SH_FILE"],
        env={"__json": json.dumps(data)},
        input_srcs=[bench.tools] if bench.tools else [],
        input_drvs={},
        modulo=bench.modulo,
    )
    top = bench.store.root / "top"
    top.mkdir()
    env = prepare(derivation, top, 1, ReferencesGraph(bench.store, ()))
    assert "list" not in env and "out" not in env
    parsed = json.loads((top / ".attrs.json").read_text())
    assert parsed["outputs"] == {"out": str(derivation.output_paths()["out"])}
    bash = shutil.which("bash")
    if bash is not None:
        show = f'. {top}/.attrs.sh; echo "${{list[0]}} ${{#list[@]}} ${{table[k]}} [$no]"'
        got = subprocess.check_output([bash, "-c", show], text=True)
        assert got == "a b 3 it's []\n"
    assert drv.is_derivation


def test_parallel_builds_and_order(bench: Bench) -> None:
    class Watch(Progress):
        def __init__(self) -> None:
            self.running = 0
            self.most = 0
            self.order: list[str] = []

        def planned(self, builds: int, downloads: int, size: int) -> None:
            assert (builds, downloads, size) == (4, 0, 0)

        def started(self, drv: StorePath) -> None:
            self.running += 1
            self.most = max(self.most, self.running)

        def waiting(self, drv: StorePath) -> None:
            raise AssertionError

        def finished(self, drv: StorePath, seconds: float) -> None:
            self.running -= 1
            self.order.append(drv.name.removesuffix(".drv"))

        def failed(self, drv: StorePath, message: str) -> None:
            raise AssertionError(message)

    env = {"PATH": "/bin"}
    leaves = [bench.shell(f"leaf{i}", "sleep 0.3; echo 1 > $out", env=env) for i in range(3)]
    top = bench.shell("top", "echo 1 > $out", input_drvs=dict.fromkeys(leaves, ("out",)), env=env)
    watch = Watch()
    bench.realise(top, progress=watch)
    assert watch.most == 2
    assert watch.order[-1] == "top"
    # What is valid is not built again, and a plan is empty.
    plan = make_plan(
        [(top, None)], bench.drvs.__getitem__, lambda p: all(map(bench.store.is_valid, p))
    )
    assert not plan.builds


TWO = """
import os, sys
from pathlib import Path
from builder.realise.scheduler import Realiser
from builder.realise.settings import Settings
from builder.store.local import LocalStore
from builder.store.paths import StorePath
store = LocalStore(Path(sys.argv[1]))
settings = Settings(bubblewrap=tuple(sys.argv[3:]))
Realiser(store, settings).realise([(StorePath.parse(sys.argv[2]), None)], {})
"""


def test_two_processes_build_once(bench: Bench) -> None:
    drv = bench.shell("once", "sleep 0.5; echo built >&2; echo $$ > $out", env={"PATH": "/bin"})
    bench.store.add_derivations({drv: bench.drvs[drv]})
    argv = [sys.executable, "-c", TWO, str(bench.store.root), str(drv), *bubblewrap()]
    both = [subprocess.Popen(argv) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    info = bench.store.query(bench.out(drv))
    assert info.deriver == drv
    assert bench.store.check(bench.out(drv))


def test_a_killed_build_leaves_nothing_valid(bench: Bench) -> None:
    env = {"PATH": "/bin"}
    drv = bench.shell("slow", "echo begun >&2; echo half > $out; sleep 60", env=env)
    bench.store.add_derivations({drv: bench.drvs[drv]})
    argv = [sys.executable, "-c", TWO, str(bench.store.root), str(drv), *bubblewrap()]
    process = subprocess.Popen(argv)
    log = bench.store.log_file(drv)
    while not (log.exists() and "begun" in log.read_text()):
        assert process.poll() is None
    process.kill()
    process.wait()
    assert not bench.store.is_valid(bench.out(drv))
    quick = bench.shell("quick", "echo 1 > $out", env=env)
    builds = bench.store.state / "builds"
    for _ in range(50):
        bench.store.remove_leftovers()
        if not list(builds.iterdir()):
            break
        time.sleep(0.05)
    bench.realise(quick)
    assert not list(builds.iterdir())


def test_unknown_builtin_and_foreign_system(bench: Bench) -> None:
    with pytest.raises(BuildError, match="there is no builder 'builtin:nothing'"):
        bench.realise(bench.drv("n", builder="builtin:nothing"))
    with pytest.raises(BuildError, match="must be built on 'pdp11-linux'"):
        bench.realise(bench.drv("f", builder="/bin/sh", system="pdp11-linux"))


def test_sandbox_argv_is_a_pure_function() -> None:
    sandbox = Sandbox(
        bwrap=("bwrap",),
        store=Path("/data/nix/store"),
        usr=Path("/data/nix/store/x"),
        binds=(
            Bind(source=Path("/dev/kvm"), target="/dev/kvm", device=True, optional=True),
            Bind(source=Path("/work"), target="/work", writable=True),
        ),
        network=True,
        tty=True,
        env={"B": "2", "A": "1"},
        cwd="/work",
    )
    argv = sandbox.argv(["qemu", "-v"])
    assert argv == sandbox.argv(["qemu", "-v"])
    text = " ".join(argv)
    assert "--unshare-net" not in text and "--new-session" not in text
    assert "--dev-bind-try /dev/kvm /dev/kvm --bind /work /work" in text
    assert text.endswith("--clearenv --setenv A 1 --setenv B 2 --chdir /work -- qemu -v")
    assert text.index("--ro-bind /data/nix/store /nix/store") < text.index("/data/nix/store/x")


def test_pinned_bubblewrap_runs_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without bubblewrap runs the packages' own, with the packages' libraries."""
    monkeypatch.setenv("PATH", str(tmp_path))
    session = Session(options=Options(quiet=True), cwd=REPOSITORY)
    session.outputs(f"{REPOSITORY}/configs")
    loader, *rest = session.bubblewrap()
    assert Path(loader).is_relative_to(session.store.folder)
    argv = [loader, *rest, "--unshare-user", "--ro-bind", "/", "/", "--", "/bin/echo", "it runs"]
    assert subprocess.check_output(argv, text=True) == "it runs\n"
    with pytest.raises(BuildError, match="usr/bin/bwrap"):
        pinned_bubblewrap([tmp_path])


def test_bubblewrap_is_looked_for_only_when_a_program_may_run(bench: Bench) -> None:
    searches: list[str] = []

    def search() -> None:
        searches.append("search")

    quiet = bench.drv(
        "quiet",
        system="builtin",
        builder="builtin:tree",
        env={"spec": json.dumps({"": {"text": "made"}})},
    )
    program = bench.shell("program", "echo made > $out")
    realiser = Realiser(bench.store, Settings(jobs=1), None, search)
    realiser.realise([(quiet, None)], bench.drvs)
    assert bench.read(quiet) == "made" and not searches
    with pytest.raises(BuildError, match="no bubblewrap"):
        realiser.realise([(quiet, None), (program, None)], bench.drvs)
    assert searches == ["search"]
