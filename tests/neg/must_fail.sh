#!/bin/bash
# A file must be refused for its stated reason, and be accepted without the offending line.
#   usage: must_fail.sh COMPILER_ID FILE COMPILER ARGUMENTS...
# The file says what the message must hold, for every compiler or for one:
#   /* expect: TEXT */   /* expect GNU: TEXT */   /* only: GNU */
set -u
id=$1 file=$2
shift 2

told() { sed -n -E "s|^/\* $1: (.*) \*/\$|\1|p" "$file"; }

only=$(told only)
if [ -n "$only" ] && [ "$only" != "$id" ]; then
    echo "left out: only $only has this warning"
    exit 77
fi
expected=$(told "expect $id")
[ -n "$expected" ] || expected=$(told expect)
[ -n "$expected" ] || { echo "$file: no line says what to expect of $id"; exit 1; }

if ! output=$(LC_ALL=C "$@" -DFIXED "$file" 2>&1); then
    echo "does not compile without its mistake:"
    echo "$output"
    exit 1
fi
if output=$(LC_ALL=C "$@" "$file" 2>&1); then
    echo "compiles although it must not"
    exit 1
fi
if ! grep -qF -- "$expected" <<<"$output"; then
    echo "fails for another reason than \"$expected\":"
    echo "$output"
    exit 1
fi
echo "refused: $(grep -F -m1 -- "$expected" <<<"$output")"
