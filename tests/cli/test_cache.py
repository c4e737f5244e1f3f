"""Caches as a user works with them: a key, a push, a build that takes in place of building."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from builder.store.local import LocalStore
from tests.cli.conftest import Shell


def built(shell: Shell) -> str:
    return shell.run("build", "f", "--no-link").strip()


def test_a_pushed_closure_is_not_built_again(shell: Shell) -> None:
    key = shell.run("store", "generate-key", "me-1", "key").strip()
    assert key.startswith("me-1:") and Path("key").stat().st_mode & 0o777 == 0o600
    assert "is there already" in shell.fails("store", "generate-key", "me-1", "key", code=2)
    outer = built(shell)
    _, told = shell.both("store", "push", "cache", "f", "-k", "key")
    assert told == "pushed 2 of 2 store paths to cache\n"
    assert shell.both("store", "push", "cache", outer, "-k", "key")[1].startswith("pushed 0 of 2")
    options = ("--option", "substituters", shell.folder / "cache")
    trust = ("--option", "trusted-public-keys", key)
    out, told = shell.both("build", "f", "--no-link", "--store", "other", *options, *trust)
    assert out == f"{outer}\n"
    assert "fetching outer" in told and "building" not in told
    assert LocalStore(Path("other")).query(LocalStore(Path("other")).database.all_paths()[0])
    # Without the key it is built, and told why.
    _, told = shell.both("build", "f", "--no-link", "--store", "third", *options)
    assert "has no signature of a trusted key" in told and "building 2" in told


def test_signing_and_copying_by_url(shell: Shell) -> None:
    key = shell.run("store", "generate-key", "me-1", "key").strip()
    outer = built(shell)
    assert "no key to sign with" in shell.fails("store", "sign", outer, code=2)
    shell.run("store", "sign", "-r", "-k", "key", outer)
    cache = f"file://{shell.folder}/cache"
    shell.run("store", "copy", "--to", cache, outer)
    trust = ("--option", "trusted-public-keys", key)
    _, told = shell.both("store", "copy", "--from", cache, outer, "--store", "two", *trust)
    assert told.endswith(f"copied 2 store paths from {cache}\n")
    told = shell.fails("store", "copy", "--from", cache, outer, "--store", "three", code=2)
    assert f"does not have '{outer}'" in told
    _, told = shell.both("store", "copy", "--from", "two", outer, "--store", "four")
    assert told == "copied 2 of 2 store paths from two\n"


def test_serving_until_told_to_stop(shell: Shell) -> None:
    outer = built(shell)
    run = "import sys; from builder.cli.main import neve; sys.exit(neve())"
    command = [sys.executable, "-c", run, "store", "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        options = ("--option", "substituters", url, "--option", "require-sigs", "false")
        out, told = shell.both("build", "f", "--no-link", "--store", "other", *options)
        assert out == f"{outer}\n" and "building" not in told
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
    finally:
        server.kill()
        server.wait()


def test_where_nobody_can_listen(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = shell.fails("store", "serve", "--port", port, code=2)
    assert f"cannot listen at '127.0.0.1', port {port}: " in told and "in use" in told
    told = shell.fails("store", "serve", "--port", "99999", code=2)
    assert "port 99999: " in told and "hint: choose another --host or --port" in told


def test_a_push_that_is_interrupted_does_not_go_on(tmp_path: Path) -> None:
    """Packing what it pushes by xz would take half a minute."""
    content = tmp_path / "content"
    content.write_bytes(os.urandom(64 << 20))
    store = LocalStore(tmp_path / "store")
    path = store.add_path(content, "content")
    cache = f"file://{tmp_path}/cache?compression=xz"
    command = [sys.executable, "-c", "from builder.cli.main import neve; raise SystemExit(neve())"]
    command += ["store", "push", cache, str(path), "--store", str(store.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as push:
        while not (begun := list(store.state.glob("neve-push-*/nar"))):
            assert push.poll() is None
            time.sleep(0.01)
        asked = time.monotonic()
        push.send_signal(signal.SIGINT)
        assert push.wait() == 130
    assert time.monotonic() - asked < 8
    assert not begun[0].parent.exists()
    assert list((tmp_path / "cache").rglob("*.narinfo")) == []


def test_settings_that_name_no_cache_cost_a_warning(shell: Shell) -> None:
    """As ones that do not answer: what they might have had is built."""
    for url, told in (
        ("ftp://x", "'ftp://x' is not a binary cache"),
        ("s3://bucket", "does not say which service it is at"),
        ("file:///nothere", "it has no nix-cache-info"),
    ):
        words = ("build", "f#inner", "--no-link", "--option", "substituters", f"{url} cache")
        out, err = shell.both(*words, "--store", shell.folder / url.partition(":")[0])
        assert out.endswith("-inner\n")
        assert told in err and "it is not asked" in err and "building 1 derivations" in err
