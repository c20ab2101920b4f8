#!/bin/sh
# Stage 2 of the boot: activates the system, then becomes systemd.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
@system@/activate
ln -sfn @system@ /run/booted-system
exec /usr/lib/systemd/systemd "$@"
