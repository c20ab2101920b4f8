#!/bin/sh
# Without the environment and the byte code of whoever calls it.
exec /usr/bin/python3 -E -s -B @activation@/switch_to_configuration.py @system@ "$@"
