import base64

DNS = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 53))
while True:
    q, peer = s.recvfrom(4096)
    end = q.index(b"\\0", 12) + 5
    name, kind = q[12:end - 4], q[end - 4:end - 2]
    known = name == b"\\7printer\\7example\\4test\\0"
    found = known and kind == b"\\0\\1"
    head = q[:2] + (b"\\x85\\x80" if known else b"\\x85\\x83") + b"\\0\\1" + bytes([0, found]) + b"\\0" * 4
    answer = b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\5\\0\\4" + bytes([10, 9, 8, 7])
    s.sendto(head + q[12:end] + (answer if found else b""), peer)
"""

NTP = """
import socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 123))
while True:
    q, peer = s.recvfrom(512)
    now = int((time.time() + 2208988800) * 2**32)
    head = struct.pack("!BBbbII4s", 0x24, 1, 6, -20, 0, 0, b"TEST")
    s.sendto(head + struct.pack("!Q", now) + q[40:48] + struct.pack("!QQ", now, now), peer)
"""

TALK = """
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("/run/parrot.socket")
s.sendall(b"hello")
s.shutdown(socket.SHUT_WR)
print(s.recv(100).decode())
"""


def serve(node, name, text):
    encoded = base64.b64encode(text.encode()).decode()
    node.succeed(f"echo {encoded} | base64 -d > /run/{name}.py")
    node.succeed(f"systemd-run --collect --unit={name} python3 /run/{name}.py")


def out(command, node=None):
    return (node or machine).succeed(command).strip()


def same(command, expected, node=None):
    got = out(command, node)
    assert got == expected, f"{command}: {got!r}, expected {expected!r}"


def as_user(user, command):
    return out(f"su - {user} -c '{command}'")


def mount(where, field):
    return out(f"findmnt -n -o {field} {where}")


start_all()

with subtest("a root that does not exist: stage 1 says what it waited for, and ends"):
    lost.wait_for_console_text(f"waited 5 s for {ROOT} \\(to be mounted on /\\)")
    lost.wait_for_console_text("block devices seen:")
    lost.wait_for_console_text("boot.panic_on_fail is set: no shell")
    lost.wait_for_shutdown()

machine.wait_for_unit("multi-user.target")
peer.wait_for_unit("multi-user.target")

with subtest("fileSystems: tmpfs, a new disk, a bind mount, an overlay, one that is absent"):
    assert mount("/scratch", "FSTYPE") == "tmpfs"
    assert "size=16384k" in mount("/scratch", "OPTIONS")
    assert mount("/data", "FSTYPE,SOURCE").split() == ["ext4", "/dev/vdb"]
    assert "noatime" in mount("/data", "OPTIONS")
    machine.succeed("echo seen > /srv/shared/file", "grep seen /data/shared/file")
    machine.succeed("grep 'from below' /merged/low", "echo up > /merged/high", "grep up /data/upper/high")
    machine.fail("mountpoint /absent")
    same("systemctl show -P ActiveState local-fs.target", "active")

with subtest("swapDevices: a file is made, with its size and priority"):
    name, kind, size, _, priority = out("tail -n +2 /proc/swaps").split()
    assert (name, kind, priority) == ("/data/swap", "file", "7"), (name, kind, priority)
    same("stat -c '%a %s' /data/swap", f"600 {32 * 1024 * 1024}")

with subtest("names: hosts, extraHosts, domain, nameservers, search"):
    same("hostname -f", "machine.example.test")
    same("getent hosts files | awk '{print $1, $2}'", "10.1.2.3 files.example.test")
    same("getent hosts extra | awk '{print $1}'", "10.1.2.4")
    serve(machine, "dns", DNS)
    machine.wait_until_succeeds("getent hosts printer | grep 10.9.8.7")
    peer.wait_for_unit("systemd-resolved.service")
    peer.wait_until_succeeds("getent ahostsv4 printer | grep 10.9.8.7")
    peer.succeed("getent ahostsv4 printer.example.test | grep 10.9.8.7")
    peer.fail("getent ahostsv4 plotter.example.test")

with subtest("addresses, a gateway and the firewall"):
    assert "10.77.0.1/24" in out("ip -brief address show eth1")
    same("cat /sys/class/net/eth2/mtu", "1400")
    assert "via 192.168.1.2 dev eth1" in out("ip route show default", peer)
    for port in (8080, 8081, 8082):
        machine.succeed(f"systemd-run --unit=web-{port} python3 -m http.server --directory /run {port}")
        machine.wait_for_open_port(port)

    def opens(address, port):
        return peer.execute(f"timeout 10 bash -c '< /dev/tcp/{address}/{port}'")[0] == 0

    reached = {(a, p) for a in ("192.168.1.2", "192.168.2.2", "10.77.0.1") for p in (8080, 8081) if opens(a, p)}
    assert reached == {
        ("192.168.1.2", 8080), ("192.168.1.2", 8081), ("192.168.2.2", 8080), ("10.77.0.1", 8080), ("10.77.0.1", 8081),
    }, reached
    assert not opens("192.168.1.2", 8082)
    peer.fail("ping -c 1 -W 3 192.168.1.2")

with subtest("users: home, shell, groups, passwords"):
    same("getent passwd alice | cut -d: -f5-", "Alice of the tests:/home/alice:/bin/bash")
    same("stat -c '%a %U %G' /home/alice", "700 alice users")
    same("id -nG alice | tr ' ' '\\n' | sort | xargs", "crew users wheel")
    same("getent passwd bob | cut -d: -f3,6-", "1234:/home/robert:/usr/bin/zsh")
    same("stat -c '%a %U' /home/robert", "750 bob")
    assert as_user("bob", "echo $ZSH_VERSION") != ""
    machine.succeed("grep /usr/bin/zsh /etc/shells")
    same("su alice -c 'echo other | su bob -c \"id -un\"'", "bob")
    machine.fail("su alice -c 'echo wrong | su bob -c \"id -un\"'")

with subtest("a password changed on the machine stays, unless users are immutable"):
    machine.succeed("su alice -c 'printf \"secret\\nNew-pass.77\\nNew-pass.77\\n\" | passwd'")
    peer.succeed("useradd temporary", "echo carol:changed | chpasswd")
    for node in (machine, peer):
        node.succeed("/run/current-system/bin/switch-to-configuration test")
    same("su bob -c 'echo New-pass.77 | su alice -c \"id -un\"'", "alice")
    peer.fail("id temporary")
    same("su nobody -s /bin/sh -c 'echo secret | su carol -c \"id -un\"'", "carol", peer)

with subtest("sudo: with a password, without one, or not at all"):
    same("su alice -c 'echo New-pass.77 | sudo -S -k id -u' 2> /dev/null", "0")
    machine.fail("su alice -c 'sudo -n id -u'")
    same("su bob -c 'sudo -n /usr/bin/id -u'", "0")
    machine.fail("su bob -c 'sudo -n /usr/bin/whoami'")

with subtest("wrappers and limits"):
    same("su bob -c 'crew-id -gn'", "crew")
    same("su bob -c 'id -gn'", "users")
    same("find /nix/store -maxdepth 4 -perm /6000 | head -1", "")
    assert as_user("alice", "ulimit -n; ulimit -Hn; ulimit -Hc").split() == ["777", "777", "0"]
    assert as_user("bob", "ulimit -n") != "777"

with subtest("environment.etc, variables, aliases, links; programs.bash"):
    same("stat -c '%F %a %U %G' /etc/private.conf", "regular file 600 alice crew")
    same("cat /etc/deep/er/link.conf /etc/else/where.conf", "linked\nsourced")
    machine.fail("test -e /etc/unwanted.conf")
    machine.succeed("/usr/bin/also-true", "greeting | grep overlaid")
    assert as_user("alice", "echo $EDITOR $LISTED $SESSION $LANG $LC_TIME") == (
        "true /one:/two from the session C.UTF-8 POSIX"
    )
    assert as_user("alice", "echo $SHELL_INIT $BASH_INIT $LOGIN_INIT.$INTERACTIVE") == "all bash login."
    shown = machine.succeed(
        "su alice -c 'bash -ic \"hail; bashful; echo \\$INTERACTIVE \\$SHELL_INIT.\\$LOGIN_INIT; echo \\$PS1\"' 2> /dev/null"
    ).splitlines()
    assert shown == ["hail from all shells", "bashful", "yes all.", "proof>"], shown

with subtest("services: every part of one, a timer, a drop-in, a socket"):
    same("cat /run/composed", "before\nfound\n2 composed.service two\n100% \"quoted\" \\back $HOME\nafter")
    machine.succeed("systemctl stop composed.service")
    same("tail -n 2 /run/composed", "stopping\nstopped")
    machine.wait_until_succeeds("test $(wc -l < /run/sometimes) -ge 2")
    assert machine.get_unit_property("systemd-logind.service", "FragmentPath").endswith("/lib/systemd/system/systemd-logind.service")
    assert "DROPPED=in" in machine.get_unit_property("systemd-logind.service", "Environment").split()
    serve(machine, "talk", TALK)
    machine.wait_until_succeeds("journalctl -u talk.service | grep -w hello")

with subtest("targets, slices, mounts, paths, tmpfiles"):
    machine.require_unit_state("stage.target")
    assert machine.get_unit_property("actor.service", "ControlGroup") == "/small.slice/actor.service"
    same("cat /sys/fs/cgroup/small.slice/memory.max", str(64 * 1024 * 1024))
    assert mount("/mnt/by-unit", "FSTYPE") == "tmpfs"
    machine.succeed("touch /run/spool-go")
    machine.wait_for_file("/run/spool-gone")
    same("stat -c '%a %U %G' /run/ruled", "711 alice users")
    same("stat -c '%a %U %G' '/run/with space'", "750 alice crew")
    same("cat /run/written", "hello there")

with subtest("a login without a question; services of a user's own manager"):
    machine.wait_until_succeeds("loginctl list-sessions --no-legend | grep 'alice.*tty1'")
    runtime = f"/run/user/{out('id -u alice')}"
    machine.wait_for_file(f"{runtime}/mine")
    same(f"cat {runtime}/mine", "alice")
    machine.wait_for_unit("mine.service", user="alice")
    machine.wait_until_succeeds(f"test $(wc -l < {runtime}/often) -ge 2")

with subtest("the journal is kept, and limited"):
    machine.succeed("ls /var/log/journal/$(cat /etc/machine-id)/system.journal")
    # Where there is much room, journald takes several times the burst.
    machine.succeed("systemd-run --wait --unit=chatty bash -c 'for i in $(seq 2000); do echo line $i; done'")
    machine.succeed("journalctl --sync")
    kept = int(out("journalctl -q -o cat -u chatty.service | grep -c '^line'"))
    assert 50 <= kept < 1000, kept

with subtest("the clock: zone and servers"):
    same("timedatectl show -P Timezone", "Europe/Zurich")
    same("date -d 2026-07-01T12:00:00Z +%H:%M%z", "14:00+0200")
    same("timedatectl show-timesync -P SystemNTPServers", "127.0.0.1")
    serve(machine, "ntp", NTP)
    machine.succeed("systemctl restart systemd-timesyncd.service")
    machine.wait_until_succeeds("test $(timedatectl show -P NTPSynchronized) = yes")

with subtest("the kernel: console, sysctl, modules"):
    same("cut -f1 /proc/sys/kernel/printk", "3")
    same("sysctl -n vm.swappiness", "11")
    machine.succeed("modprobe -b dummy || true")
    machine.fail("grep -w ^dummy /proc/modules")
    machine.succeed("modprobe loop")
    same("cat /sys/module/loop/parameters/max_part", "7")

with subtest("housekeeping deletes what is dead, and nothing that is used"):
    machine.succeed("systemctl is-active nix-gc.timer")
    assert "weekly" in machine.get_unit_property("nix-gc.timer", "TimersCalendar") or "Mon" in machine.get_unit_property("nix-gc.timer", "TimersCalendar")
    machine.succeed(f"systemd-run --unit=alive {ALIVE}/bin/alive")
    closure = set(out("neve store path-info -r /run/current-system").split())
    listed = set(out("neve store gc --dry-run 2> /dev/null").split())
    assert DEAD in listed and ALIVE not in listed and not listed & closure, listed
    machine.succeed(f"test -e {DEAD}")
    machine.succeed("systemctl start nix-gc.service")
    machine.fail(f"test -e {DEAD}")
    machine.succeed(f"test -e {ALIVE}", "neve store verify --no-contents")
    machine.succeed("systemctl stop alive.service", "neve store gc")
    machine.fail(f"test -e {ALIVE}")
    assert set(out("neve store path-info -r /run/current-system").split()) == closure

with subtest("nothing of the closure is documentation, or Perl"):
    odd = [path for path in sorted(closure) if "perl" in path or "-doc-" in path or path.endswith("-doc")]
    assert odd == [], odd

with subtest("no unit has failed"):
    for node in (machine, peer):
        same("systemctl list-units --failed --plain --no-legend", "", node)
        same("systemctl is-system-running", "running", node)
