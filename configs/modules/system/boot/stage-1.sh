#!/bin/sh
# Stage 1: find the drivers and the root, check it, mount it, hand over to the system.
#
# /etc/stage-1.conf sets the variables used here; /etc/mounts holds a line a file system:
#   device mountpoint type options check     (fields as in fstab, check is yes or no)
export PATH=/bin
. /etc/stage-1.conf

say() { echo "<6>neve: $*" > /dev/kmsg; }

rescue() {
    echo
    echo "neve: stage 1 cannot go on: $1"
    [ -z "$2" ] || printf '%s\n' "$2"
    echo "block devices seen:"
    sed 1,2d /proc/partitions
    if [ "$panicOnFailure" = 1 ]; then
        echo "neve: boot.panic_on_fail is set: no shell"
        exit 1 # the kernel panics, and reboots or stops as panic= says
    fi
    echo "neve: a shell follows. 'exit' tries again, 'reboot -f' reboots."
    setsid cttyhack sh
}

loadDrivers() {
    find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u > /tmp/aliases.new
    if ! cmp -s /tmp/aliases.new /tmp/aliases; then
        mv /tmp/aliases.new /tmp/aliases
        xargs modprobe -q -a < /tmp/aliases 2>/dev/null
    fi
}

# resolve DEVICE: prints the node behind it, or fails when it is not there yet
resolve() {
    case $1 in
        /dev/disk/by-label/*) findfs "LABEL=${1#/dev/disk/by-label/}" 2>/dev/null ;;
        /dev/disk/by-uuid/*) findfs "UUID=${1#/dev/disk/by-uuid/}" 2>/dev/null ;;
        LABEL=* | UUID=*) findfs "$1" 2>/dev/null ;;
        /dev/*) [ -b "$1" ] && echo "$1" ;;
        /*) [ -e "/sysroot$1" ] && echo "/sysroot$1" ;;
        *) echo "$1" ;;
    esac
}

# Whole seconds since the start: a look at the hardware takes long on some machines.
uptime() { cut -d. -f1 /proc/uptime; }

# waitFor DEVICE: as resolve, but waits for the hardware
waitFor() {
    deadline=$(($(uptime) + rootTimeout))
    until resolve "$1"; do
        [ "$(uptime)" -lt $deadline ] || return 1
        usleep 100000
        loadDrivers
    done
    return 0 # a loop's own status is that of its last command, here the drivers'
}

check() {
    case $2 in
        ext2 | ext3 | ext4)
            fsck.ext4 -p "$1" > /dev/kmsg 2>&1
            code=$?
            [ $code -lt 4 ] || rescue "the file system on $1 has errors that need a decision, or cannot be checked" \
                "fsck.ext4 -p ended with code $code: run 'fsck.ext4 $1', then 'exit'"
            ;;
    esac
}

# Paths of links such as lowerdir=/nix/.ro-store must be seen from stage 1.
insideSysroot() { echo "$1" | sed -E 's#(lowerdir|upperdir|workdir)=/#\1=/sysroot/#g'; }

mountOne() {
    device=$1 point=$2 type=$3 options=$4 wanted=$5
    until node=$(waitFor "$device"); do
        rescue "waited $rootTimeout s for $device (to be mounted on $point), and it did not appear" \
            "is its driver in boot.initrd.availableKernelModules? is the name right?"
    done
    [ "$wanted" != yes ] || check "$node" "$type"
    mkdir -p "/sysroot$point"
    modprobe -q "$type" 2>/dev/null
    case ,$options, in
        *,loop,*)
            options=$(echo ",$options," | sed 's/,loop,/,/; s/^,//; s/,$//')
            modprobe -q loop
            loop=$(losetup -f)
            losetup -r "$loop" "$node"
            node=$loop
            ;;
    esac
    if [ "$type" = overlay ]; then
        for folder in $(echo "$options" | tr , '\n' | sed -n 's/^\(upperdir\|workdir\)=//p'); do
            mkdir -p "/sysroot$folder"
        done
        options=$(insideSysroot "$options")
    fi
    until mount -t "$type" -o "${options:-defaults}" "$node" "/sysroot$point"; do
        rescue "cannot mount $node ($type, options $options) on $point"
    done
}

# The links that every root has: /usr is the running system's tree of packages.
skeleton() {
    for folder in bin sbin lib lib64; do
        [ -e "/sysroot/$folder" ] || [ -L "/sysroot/$folder" ] || ln -s "usr/$folder" "/sysroot/$folder"
    done
    [ -L /sysroot/usr ] || ln -s /run/current-system/sw /sysroot/usr
    for folder in dev proc sys run etc var tmp root home mnt nix/var/nix; do
        [ -d "/sysroot/$folder" ] || mkdir -p "/sysroot/$folder"
    done
    chmod 1777 /sysroot/tmp
}

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs -o mode=755,nosuid,nodev run /run
mkdir -p /tmp /sysroot
exec < /dev/console > /dev/console 2>&1

init=
panicOnFailure=0
for word in $(cat /proc/cmdline); do
    case $word in
        init=*) init=${word#init=} ;;
        boot.shell_on_fail) ;;
        boot.panic_on_fail | stage1panic=1) panicOnFailure=1 ;;
        boot.debug1) rescue "boot.debug1 was asked for" ;;
    esac
done

say "stage 1"
for module in $kernelModules; do modprobe -q "$module"; done
: > /tmp/aliases
loadDrivers

while read -r device point type options wanted; do
    mountOne "$device" "$point" "$type" "$options" "$wanted" < /dev/console
done < /etc/mounts

until [ -n "$init" ] && { [ -e "/sysroot$init" ] || [ -L "/sysroot$init" ]; }; do
    rescue "the system '$init' (kernel parameter init=) is not on the root file system" \
        "choose another generation in the boot menu, or set init= to one under /nix/var/nix/profiles"
    # A profile's link may be given by hand in the menu: follow it inside the root.
done
toplevel=${init%/init}
if [ -L "/sysroot$toplevel" ]; then toplevel=$(readlink "/sysroot$toplevel"); fi

skeleton
ln -s "$toplevel" /run/current-system
ln -s "$toplevel" /run/booted-system
for mounted in dev proc sys run; do mount --move "/$mounted" "/sysroot/$mounted"; done
exec switch_root /sysroot "$toplevel/init"
