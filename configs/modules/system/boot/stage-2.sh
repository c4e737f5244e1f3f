#!/bin/sh
# Stage 2: make the machine what this generation declares, then start systemd.
export PATH=/usr/bin:/usr/sbin
toplevel=${0%/init}
mount -o remount,rw / 2>/dev/null
if ! "$toplevel/activate" --boot; then
    echo "neve: the activation of $toplevel failed; the machine starts all the same" > /dev/kmsg
fi
exec /usr/lib/systemd/systemd "$@"
