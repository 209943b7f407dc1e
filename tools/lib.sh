# shellcheck shell=bash
# What the scripts in this folder share; read in with `.`, from the project's root.

if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' red='' green='' plain=''
fi
export bold red green plain

logs=build/log

# Before each command that could hang: the seconds, then the command. Where a person watches, Ctrl-C
# must reach it, so it stays in the foreground.
limit=(timeout -k 5)
[ -t 0 ] && limit=(timeout --foreground -k 5)

# Tell a person who watches how far a step is: its time and the last line of its log.
tick() { # name, log
    local seconds=0 columns
    columns=$(stty size </dev/tty 2>/dev/null | cut -d' ' -f2)
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        seconds=$((seconds + 1))
        printf '\r\e[K%.*s\r' "$((${columns:-80} - 1))" \
            "$1: $seconds s  $(tail -n 1 "$2" 2>/dev/null | tr -cd '[:print:]')"
    done
}

# One step: its output goes to a log, and is shown if the step fails. Answers as the command does.
step() { # name, command …
    local name=$1 log=$logs/${1//[^a-zA-Z0-9.-]/-}.log ticker='' answer=0
    shift
    mkdir -p "$logs"
    : >"$log"
    if [ -t 1 ]; then
        tick "$name" "$log" &
        ticker=$!
    fi
    "$@" </dev/null >"$log" 2>&1 || answer=$?
    if [ -n "$ticker" ]; then
        kill "$ticker" 2>/dev/null
        wait "$ticker" 2>/dev/null
        printf '\r\e[K'
    fi
    if [ "$answer" != 0 ]; then
        grep -v -E '^\[[0-9]+/[0-9]+\] |^: && |^/[^ ]*gcc ' "$log"
        printf '%s%s failed%s (%s)\n' "$red" "$name" "$plain" "$answer"
    fi
    return "$answer"
}

# Configure and build a preset, or only some targets of it.
build_preset() { # preset, target …
    local preset=$1 only=()
    shift
    [ $# = 0 ] || only=(--target "$@")
    "${limit[@]}" 300 cmake --preset "$preset" &&
        "${limit[@]}" 900 cmake --build --preset "$preset" "${only[@]}"
}
