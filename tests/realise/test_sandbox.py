"""What a builder cannot do, tried by programs in real sandboxes."""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from builder.realise.errors import BuildError
from builder.realise.limits import Limits
from builder.store.hashes import hash_bytes
from tests.realise.hostile import Hostile


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return Hostile.at(tmp_path_factory.mktemp("hostile") / "root")


def test_the_host_cannot_be_read(hostile: Hostile, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    hidden = hostile.store.add_text("hidden", b"not an input")
    places = [
        tmp_path, hostile.store.root, Path.home(), Path(__file__), Path("/etc/shadow"),
        *(Path(f"/{name}") for name in ("home", "root", "var", "run", "sys", "mnt", "boot")),
    ]  # fmt: skip
    found = hostile.ask(
        "reader",
        f"""
        for place in {[str(place) for place in places]} + ["{hidden}"]:
            ask(place, lambda: os.lstat(place))
        ask("another's process", lambda: os.kill({os.getpid()}, 0))
        ask("its memory", lambda: os.open("/proc/{os.getpid()}/mem", os.O_RDONLY))
        ask("trace it", lambda: libc.ptrace(16, {os.getpid()}, 0, 0))
        found["processes"] = len([name for name in os.listdir("/proc") if name.isdigit()])
        found["root"] = sorted(os.listdir("/"))
        found["etc"] = sorted(os.listdir("/etc"))
        found["devices"] = sorted(os.listdir("/dev"))
        found["descriptors"] = sorted(
            os.readlink(f"/proc/self/fd/{{n}}").split(":")[0] for n in range(3))
        """,
    )
    assert {found.pop(str(place)) for place in {*places, hidden}} == {"ENOENT"}
    devices = "console core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero"
    assert set(found.pop("devices")) <= set(devices.split())
    assert found == {
        "another's process": "ESRCH",
        "its memory": "ENOENT",
        "trace it": "ESRCH",
        "processes": 2,  # the sandbox's first, and the builder
        "root": ["bin", "build", "dev", "etc", "lib", "lib64", "nix", "proc", "sbin", "tmp", "usr"],
        "etc": ["group", "hosts", "passwd"],
        "descriptors": ["pipe"] * 3,
    }


def test_nothing_is_written_outside(hostile: Hostile) -> None:
    given = hostile.store.add_text("given", b"an input")
    places = ["/x", "/usr/x", "/usr/bin/x", "/etc/x", "/etc/passwd", "/nix/x", "/dev/x", str(given)]
    found = hostile.ask(
        "writer",
        f"""
        def write(place):
            handle = os.open(place, os.O_WRONLY | os.O_CREAT)
            try:
                os.write(handle, b"x")
            finally:
                os.close(handle)
        for place in {places}:
            ask(place, lambda: write(place))
        for place in ("/build/x", "/tmp/x", "/dev/shm/x"):
            ask(place, lambda: write(place))
        ask("mode", lambda: os.chmod("{given}", 0o777))
        ask("remove", lambda: os.unlink("{given}"))
        ask("time", lambda: os.utime("{given}"))
        ask("link", lambda: os.link("{given}", "/build/linked"))
        ask("mount", lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
        """,
        sources=[given],
    )
    assert [found.pop(place) for place in ("/build/x", "/tmp/x", "/dev/shm/x")] == ["worked"] * 3
    assert found.pop("remove") in ("EBUSY", "EROFS")
    assert (found.pop("link"), found.pop("mount")) == ("EXDEV", "EPERM")
    assert set(found.values()) <= {"EACCES", "EROFS"}, found
    assert hostile.store.check(given)


def test_the_kernel_cannot_be_set(hostile: Hostile) -> None:
    """Not even by the builds of root, to whom the files of /proc and the devices belong."""
    devices = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom")]
    before = [device.stat().st_mode for device in devices]
    found = hostile.ask(
        "setter",
        """
        found["open"] = []
        looked = 0
        for folder, folders, files in os.walk("/proc"):
            if folder == "/proc":
                folders[:] = [name for name in folders if not name.isdigit()]
            for place in (f"{folder}/{name}" for name in files):
                looked += 1
                try:
                    os.close(os.open(place, os.O_WRONLY | os.O_NONBLOCK))
                    found["open"].append(place)
                except OSError:
                    pass
        found["looked"] = looked > 500
        for name in "null zero full random urandom".split():
            ask(f"use {name}", lambda: open(f"/dev/{name}", "rb").read(1))
            ask(name, lambda: os.chmod(f"/dev/{name}", 0o400))
        for number in range(3):
            os.fchmod(number, 0o600)  # of a pipe, which is ours
        """,
    )
    assert [device.stat().st_mode for device in devices] == before
    # Whoever may read how busy the machine is may ask to be told of it.
    opened = [place for place in found.pop("open") if not place.startswith("/proc/pressure/")]
    assert (opened, found.pop("looked")) == ([], True)
    assert {found.pop(f"use {device.name}") for device in devices} == {"worked"}
    # Root's builds have devices of their own.
    assert set(found.values()) == {"worked" if os.getuid() == 0 else "EPERM"}


def test_a_namespace_of_its_own_gives_no_more(hostile: Hostile) -> None:
    """Inside another user namespace the builder is root, of nothing that is not its own."""
    given = hostile.store.add_text("given", b"an input")
    found = hostile.ask(
        "root",
        f"""
        NEWNS, NEWUSER, REMOUNT_BIND = 0x20000, 0x10000000, 0x1020
        if libc.unshare(NEWNS | NEWUSER) == 0:
            for place in ("/usr", "/etc", "/", "{given}"):
                ask(place, lambda: libc.mount(b"none", place.encode(), None, REMOUNT_BIND, None))
                ask(f"under {{place}}", lambda: libc.umount2(place.encode(), 2))
        for place in ("/usr/x", "/etc/x", "/x", "{given}"):
            ask(f"write {{place}}", lambda: open(place, "w"))
        ask("device", lambda: os.mknod("/build/null", 0o20666, os.makedev(1, 3)))
        ask("disk", lambda: os.mknod("/build/disk", 0o60666, os.makedev(254, 0)))
        """,
        sources=[given],
    )
    assert "worked" not in found.values(), found
    assert hostile.store.check(given)


def test_there_is_no_network(hostile: Hostile) -> None:
    """Not the host's loopback, not its abstract sockets, nothing beyond."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as hall:
        name = f"neve-test-{os.getpid()}"
        hall.bind(f"\0{name}")
        hall.listen()
        found = hostile.ask(
            "caller",
            f"""
            def call(family, place):
                with socket.socket(family, socket.SOCK_STREAM) as line:
                    line.settimeout(5)
                    line.connect(place)
            ask("loopback", lambda: call(socket.AF_INET, ("127.0.0.1", {server.getsockname()[1]})))
            ask("beyond", lambda: call(socket.AF_INET, ("192.0.2.1", 80)))
            ask("beyond, 6", lambda: call(socket.AF_INET6, ("2001:db8::1", 80)))
            ask("abstract", lambda: call(socket.AF_UNIX, "\\0{name}"))
            ask("hypervisor", lambda: call(socket.AF_VSOCK, (2, 1)))
            found["interfaces"] = [name for _, name in socket.if_nameindex()]
            """,
        )
    assert found == {
        "loopback": "ECONNREFUSED",
        "beyond": "ENETUNREACH",
        "beyond, 6": "ENETUNREACH",
        "abstract": "ECONNREFUSED",
        "hypervisor": "EAFNOSUPPORT",
        "interfaces": ["lo"],
    }


def test_no_file_runs_as_somebody_else(hostile: Hostile) -> None:
    found = hostile.ask(
        "climber",
        """
        os.chdir("/build")
        open("f", "w").close()
        ask("chmod u+s", lambda: os.chmod("f", 0o4755))
        ask("chmod g+s", lambda: os.chmod("f", 0o2755))
        ask("a folder's", lambda: os.mkdir("d") or os.chmod("d", 0o2755))
        ask("open", lambda: os.open("g", os.O_CREAT | os.O_WRONLY, 0o4755))
        ask("mknod", lambda: os.mknod("h", 0o104755))
        rights = b"\\1\\0\\0\\2" + bytes(16)
        ask("capability", lambda: os.setxattr("f", "security.capability", rights))
        ask("attribute", lambda: os.setxattr("f", "user.x", b"1"))
        ask("owner", lambda: os.chown("f", 0, 0))
        found["marked"] = [name for name in os.listdir() if os.lstat(name).st_mode & 0o6000]
        ask("uring", lambda: libc.syscall(425, 1, ctypes.create_string_buffer(120)))
        ask("a key of the user's", lambda: libc.syscall(250, 0, -3, 0))
        ask("a new key", lambda: libc.syscall(248, b"user", b"neve", b"x", 1, -3))
        """,
    )
    assert found == {
        "chmod u+s": "EPERM",
        "chmod g+s": "EPERM",
        "a folder's": "EPERM",
        "open": "EPERM",
        "mknod": "EPERM",
        "capability": "ENOTSUP",
        "attribute": "ENOTSUP",
        "owner": "EINVAL",  # there is no user 0 to give it to
        "marked": [],
        "uring": "ENOSYS",
        "a key of the user's": "ENOSYS",
        "a new key": "ENOSYS",
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        ("os.mkfifo(out)", "has an unsupported type"),
        ("os.mkdir(out); os.mkfifo(f'{out}/p')", "has an unsupported type"),
        ("socket.socket(socket.AF_UNIX).bind(out)", "has an unsupported type"),
        ("os.mkdir(f'{out}-other')", "failed to produce the output 'out'"),
    ],
)
def test_odd_outputs_are_refused(hostile: Hostile, make: str, message: str) -> None:
    drv = hostile.python("odd", f"{make}\n")
    with pytest.raises(BuildError, match=message):
        hostile.realise(drv)
    assert not hostile.store.real_path(hostile.out(drv)).exists()
    assert not list((hostile.store.state / "builds").iterdir())


DEEP = """
os.mkdir(out)
os.chdir(out)
for _ in range(3000):
    os.mkdir("deep")
    os.chdir("deep")
"""


def test_a_tree_that_is_too_deep_is_refused_and_removed(hostile: Hostile) -> None:
    drv = hostile.python("deep", DEEP)
    with pytest.raises(BuildError, match="too many for a path to name"):
        hostile.realise(drv)
    assert not list((hostile.store.state / "builds").iterdir())


# Leaves processes that ignore every signal, hold nothing open and go on writing.
LEAVER = """
for number in range(8):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            import signal
            for name in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(name, signal.SIG_IGN)
            os.closerange(0, 100)
            while True:
                with open(f"{out}/{number}", "ab") as file:
                    file.write(b"x")
        os._exit(0)
time.sleep(0.3)
"""


def test_what_is_left_running_writes_nothing_any_more(hostile: Hostile) -> None:
    """The output's hash is taken when nobody is left who could change it."""
    for number in range(3):
        drv = hostile.python(f"leaver{number}", "os.mkdir(out)\n" + LEAVER)
        hostile.realise(drv)
        assert hostile.store.check(hostile.out(drv))
        assert len(list(hostile.store.real_path(hostile.out(drv)).iterdir())) == 8


BOMB = """
import signal
print("begun", flush=True)
while True:
    # As many as fit, and those that end are followed by others.
    children = set()
    while len(children) < 60:
        child = os.fork()
        if child == 0:
            os.setsid()
            time.sleep(0.2)
            if os.fork() > 0:
                os._exit(0)
            time.sleep(3600)
        children.add(child)
    for child in children:
        os.waitpid(child, 0)
    if len(os.listdir("/proc")) > 600:
        time.sleep(3600)
"""


def test_processes_without_end_end_with_their_time(hostile: Hostile) -> None:
    drv = hostile.python("bomb", BOMB)
    before = _children()
    with pytest.raises(BuildError, match="longer than 3 seconds"):
        hostile.realise(drv, limits=Limits(timeout=3))
    assert _children() <= before
    assert not list((hostile.store.state / "builds").iterdir())


def _children() -> int:
    """How many processes there are whose builder's words name the bomb's."""
    count = 0
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            count += b"As many as fit" in file.read_bytes()
        except OSError:
            continue
    return count


def test_signals_are_as_a_program_expects(hostile: Hostile) -> None:
    """Nothing is ignored or held back from the start, though the command itself does, as
    under nohup or in the background of a script."""
    ignored = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ignored}
    try:
        found = hostile.ask(
            "signals",
            """
            # Python itself ignores SIGPIPE and SIGXFSZ. The two that the C library keeps for
            # itself, and no program can ask for, are ignored in what posix_spawn began: make does.
            state = dict(line.split(":", 1) for line in open("/proc/self/status"))
            ours = 1 << 12 | 1 << 24 | 1 << 31 | 1 << 32
            found["ignored"] = int(state["SigIgn"], 16) & ~ours
            found["blocked"] = int(state["SigBlk"], 16)
            """,
        )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert found == {"ignored": 0, "blocked": 0}


def test_memory_that_runs_out_is_told(hostile: Hostile) -> None:
    drv = hostile.python("killed", "os.kill(os.getpid(), 9)")
    with pytest.raises(BuildError, match=r"exit code 137, as after signal 9 \(Killed\)"):
        hostile.realise(drv)


GIVER = """
# Give an open file of the output away, over a socket that all of the network share.
open(out, "wb").write(b"right")
with socket.socket(socket.AF_UNIX) as line:
    line.connect("\\0{name}")
    with open(out, "r+b") as file:
        socket.send_fds(line, [b"x"], [file.fileno()])
        line.recv(1)
"""


def test_a_fixed_output_has_no_other_owner(hostile: Hostile) -> None:
    """Builds with a network can talk to others; what they gave away is not what is kept."""
    name = f"neve-giver-{os.getpid()}"
    taken: list[int] = []
    with socket.socket(socket.AF_UNIX) as hall:
        hall.bind(f"\0{name}")
        hall.listen()

        def take() -> None:
            line, _ = hall.accept()
            with line:
                taken.extend(socket.recv_fds(line, 1, 1)[1])
                line.send(b"x")

        thread = threading.Thread(target=take)
        thread.start()
        wanted = hash_bytes("sha256", b"right")
        drv = hostile.python("giver", GIVER.format(name=name), output_hash=wanted, recursive=False)
        hostile.realise(drv)
        thread.join()
    os.pwrite(taken[0], b"wrong", 0)
    os.close(taken[0])
    assert hostile.read(drv) == "right"
    assert hostile.store.check(hostile.out(drv))
