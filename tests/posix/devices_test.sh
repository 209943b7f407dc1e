#!/bin/bash
# The host's devices from outside: what one run leaves for the next.
# usage: devices_test.sh PROGRAM SCENE
set -u
program=$1
scene=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export YOKE_STATE=$dir/state YOKE_APP_PRIORITY=0
export ASAN_OPTIONS="${ASAN_OPTIONS-}:handle_abort=0"
ulimit -c 0

fail() {
    echo "$scene: $1"
    exit 1
}

# Run one command: its output and its answer must be these.
gives() { # answer, output, command
    local output answer
    output=$(timeout -k 1 20 "$program" "$3" 2>"$dir/errors")
    answer=$?
    [ "$output" = "$2" ] || fail "$3 says \"$output\", not \"$2\": $(cat "$dir/errors")"
    [ "$answer" = "$1" ] || fail "$3 ends with $answer, not $1: $(cat "$dir/errors")"
}

flash_kept() {
    gives 0 '??????????????' read # erased
    gives 0 'written' write
    gives 0 'kept for ever' read
}

# Two steps are the erase, the third is the first byte.
power_lost() {
    gives 0 'written' write
    YOKE_FLASH_CUT=7 gives 75 '' write
    grep -q 'the power is lost' "$dir/errors" || fail 'no word of it'
    gives 0 'kept/?????????' read # of the fifth byte, a blank, the lower half is missing
}

nothing_kept() {
    unset YOKE_STATE
    gives 0 'written' write
    gives 0 '??????????????' read
    gives 75 '' restart
    gives 0 'boot 0, word 0' tell
    YOKE_STATE=$dir/no/such/folder gives 0 '??????????????' read
    grep -q 'YOKE_STATE=.* cannot be used' "$dir/errors" || fail 'no word of the bad folder'
}

watchdog() {
    gives 75 'hangs' hang
    grep -q 'the watchdog was not fed' "$dir/errors" || fail 'no word of it'
    gives 0 'boot 1, word cafe' tell
    gives 0 'boot 0, word 0' tell
}

restart() {
    gives 75 '' restart
    gives 0 'boot 2, word 0' tell
}

failed_check() {
    gives 134 '' check # 128 + SIGABRT
    grep -q 'check failed: test 7' "$dir/errors" || fail 'no word of it'
    gives 0 $'boot 2, word 0\nfault 4: test 7 on core 0' tell
}

wait_for() {
    for _ in $(seq 100); do
        grep -q -- "$1" "$2" && return
        sleep 0.1
    done
    fail "no \"$1\""
}

pins() {
    mkfifo "$dir/pins"
    YOKE_PINS=$dir/pins timeout -k 1 20 "$program" pins >"$dir/output" 2>"$dir/errors" &
    local pid=$!
    wait_for ready "$dir/output"
    printf '12 0\n' >"$dir/pins"
    wait_for down "$dir/output"
    printf '12 maybe\n99 1\n' >"$dir/pins"
    wait_for '"99 1" is not a pin' "$dir/errors"
    printf '12 -\n' >"$dir/pins"
    wait "$pid" || fail 'does not end'
    [ "$(cat "$dir/output")" = $'ready\ndown\nup' ] || fail "$(cat "$dir/output")"
    grep -q '"12 maybe" is not a pin from 0 to 29' "$dir/errors" || fail 'no word of a bad line'
}

drawn() { timeout -k 1 20 script -qec "$program strip" /dev/null </dev/null; }

strip_drawn() {
    command -v script >/dev/null || exit 77
    unset NO_COLOR
    YOKE_DRAW=1 drawn >"$dir/output" || fail 'it failed'
    [ "$(grep -ao $'\e\[48;2;1;22;133m ' "$dir/output" | wc -l)" -ge 20 ] || fail 'not 20 LEDs'
    grep -aq $'\e\[3;24r' "$dir/output" || fail 'the rows of the strip scroll'
    grep -aq $'\e\[r' "$dir/output" || fail 'at the end not all rows scroll again'
}

strip_not_drawn() {
    YOKE_DRAW=1 gives 0 '' strip # no terminal
    command -v script >/dev/null || exit 77
    NO_COLOR=1 YOKE_DRAW=1 drawn >"$dir/output"
    unset NO_COLOR
    drawn >>"$dir/output" # not asked for
    grep -aq 48 "$dir/output" && fail 'it is drawn'
    return 0
}

entropy() {
    local a b
    a=$("$program" entropy) b=$("$program" entropy)
    [ ${#a} = 32 ] && [ "$a" != "$b" ] || fail "$a $b"
}

"$scene"
