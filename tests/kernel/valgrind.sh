#!/bin/bash
# Run a test under valgrind; without valgrind say so and be skipped.
#   usage: valgrind.sh VALGRIND PROGRAM
set -u
if [ ! -x "$1" ]; then
    echo "left out: valgrind is not installed (Debian: valgrind)"
    exit 77
fi
YOKE_TEST_SEED=1 exec "$1" -q --error-exitcode=9 --leak-check=full --track-origins=yes "$2"
