"""Builders that take too long, say too much or nothing, and leave things behind."""

from __future__ import annotations

import bz2
from pathlib import Path

import pytest

from builder.realise.errors import BuildError
from builder.realise.limits import Limits
from builder.store.local import text_info
from builder.store.paths import make_text_path
from tests.realise.conftest import Bench

PATH = {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("script", "limits", "message"),
    [
        ("while :; do echo on; sleep 0.05; done", Limits(timeout=0.7), "longer than 0.7 seconds"),
        ("echo begun; sleep 60", Limits(max_silent=0.5), "said nothing for 0.5 seconds"),
        ("while :; do echo more words; done", Limits(max_log=10_000), "grew over 10000 bytes"),
        ("exec > /dev/null 2>&1; sleep 60", Limits(timeout=0.5), "longer than 0.5 seconds"),
        # Before bwrap's own child has asked to end with it.
        *[("while sleep 0.1; do echo on; done", Limits(timeout=1e-6), "longer than 1e-06 seconds")]
        * 9,
    ],
)
def test_limits_end_a_builder(bench: Bench, script: str, limits: Limits, message: str) -> None:
    drv = bench.shell("endless", script, env=PATH)
    with pytest.raises(BuildError, match=message):
        bench.realise(drv, limits=limits)
    assert not bench.store.is_valid(bench.out(drv))
    assert not list((bench.store.state / "builds").iterdir())


def test_what_a_builder_leaves_running_ends_with_it(bench: Bench, tmp_path: Path) -> None:
    drv = bench.shell("leaver", "(sleep 61.25; echo late) & echo 1 > $out", env=PATH)
    bench.realise(drv)
    told = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if _is_there(p)]
    assert not any(b"61.25" in text for text in told)


def _is_there(path: Path) -> bool:
    try:
        path.read_bytes()
        return True
    except OSError:
        return False


def test_a_builder_cannot_reach_out(bench: Bench, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    drv = bench.shell(
        "spy",
        f"""
        for place in {tmp_path} /home /root /etc/shadow /var /run /sys {bench.store.root}; do
            if test -e $place; then echo "sees $place"; exit 1; fi
        done
        for place in /usr/x /bin/x {bench.tools}/x /etc/x /etc/passwd; do
            if (echo x > $place) 2>/dev/null; then echo "wrote $place"; exit 1; fi
        done
        if chmod 4755 /build 2>/dev/null; then echo "set a bit"; exit 1; fi
        cat /proc/net/route | while read -r name rest; do
            case $name in Iface) ;; *) echo "has a route by $name"; exit 1;; esac
        done
        echo fine > $out
        """,
        env=PATH,
    )
    bench.realise(drv)
    assert bench.read(drv) == "fine\n"


def test_others_are_built_although_one_failed(bench: Bench) -> None:
    bad = bench.shell("bad", "exit 3", env=PATH)
    user = bench.shell("user", f"cat {bench.out(bad)} > $out", input_drvs={bad: ("out",)}, env=PATH)
    good = [bench.shell(f"good{i}", "echo 1 > $out", env=PATH) for i in range(3)]
    with pytest.raises(BuildError) as caught:
        bench.realise(user, *good, keep_going=True)
    assert all(bench.store.is_valid(bench.out(drv)) for drv in good)
    text = str(caught.value)
    assert "bad.drv' failed: exit code 3" in text
    assert "1 other derivation that needs it was not built" in text


def test_more_inputs_than_can_be_shown(bench: Bench) -> None:
    names = {make_text_path(f"input{number}", b"x", ()) for number in range(3000)}
    for path in names:
        bench.store.real_path(path).write_bytes(b"x")
    bench.store.register([text_info(path, b"x", ()) for path in sorted(names)])
    drv = bench.shell("many", "echo 1 > $out", sources=sorted(names), env=PATH)
    with pytest.raises(BuildError, match="it needs 3001 store paths, more than bubblewrap can"):
        bench.realise(drv)


def test_logs_are_kept_compressed(bench: Bench) -> None:
    drv = bench.shell("wordy", "echo many words; echo 1 > $out", env=PATH)
    bench.realise(drv)
    file = bench.store.log_file(drv)
    assert not file.exists()
    assert bz2.decompress(Path(f"{file}.bz2").read_bytes()) == b"many words\n"
