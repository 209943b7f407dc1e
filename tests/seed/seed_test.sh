#!/bin/bash
# The seed program end to end: orders and counts, never times.   usage: seed_test.sh PROGRAM SCENE
set -u
program=$1
scene=$2
export YOKE_APP_PRIORITY=0 YOKE_LINK=none
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "$scene: $1"
    tail -n 30 "$dir/output" | sed 's/^/  | /'
    exit 1
}

# Start the program with its input on descriptor 3.
start() {
    mkfifo "$dir/input"
    timeout -k 1 40 "$program" <"$dir/input" >"$dir/output" 2>"$dir/errors" &
    pid=$!
    exec 3>"$dir/input"
}

say() { printf '%s\n' "$@" >&3; }

# Wait until the output has a line that holds `$1`, `$2` times (once).
wait_for() {
    for _ in $(seq 300); do
        [ "$(grep -cF -- "$1" "$dir/output")" -ge "${2:-1}" ] && return
        sleep 0.1
    done
    fail "no line \"$1\""
}

finish() {
    wait "$pid"
    local answer=$?
    [ "$answer" = 0 ] || fail "ends with $answer"
}

last_line_is() { [ "$(tail -n 1 "$dir/output")" = "$1" ] || fail "the last line is not \"$1\""; }

published_lines() {
    timeout -k 1 40 "$program" </dev/null >"$dir/output" 2>"$dir/errors" &
    pid=$!
    wait_for 'Main loop work: 5 seconds'
    wait_for 'Run count 3' 1
    kill -INT "$(pgrep -P "$pid")"
    finish
    [ "$(grep -E '^(Starting|Stopping|Main)' "$dir/output" | head -n 4)" = \
        'Starting event loop thread
Starting asyncio main loop
Main loop work: 2 seconds
Main loop work: 5 seconds' ] || fail 'lines of the platform loop'
    grep -E '^(Event|Worker)' "$dir/output" | sed -E 's/at [0-9a-f]+>/at ADDRESS>/' | head -n 6 \
        >"$dir/app"
    {
        echo 'Event loop thread running'
        for count in 1 2 3; do
            for worker in 0 1; do
                echo "Worker Worker $worker, <AppWorker object at ADDRESS>: Run count $count"
            done
        done
    } | head -n 6 | cmp -s - "$dir/app" || fail 'lines of the app loop'
}

# Asked to end before it has well begun.
early_quit() {
    echo quit >"$dir/commands"
    timeout -k 1 10 "$program" <"$dir/commands" >"$dir/output" 2>"$dir/errors" &
    pid=$!
    finish
}

quit() {
    start
    wait_for 'Main loop work: 2 seconds'
    say quit
    finish
    grep -qx 'Good-bye.' "$dir/output" || fail 'no good-bye'
}

# Behind it may come what was under way already: the end of a step, and of a nap.
interrupt() {
    start
    wait_for 'Run count 1'
    kill -INT "$(pgrep -P "$pid")"
    finish
    sed -E -i '/^Stopping event loop thread$/,$ { /^(Worker|Main) /d }' "$dir/output"
    last_line_is 'Stopping event loop thread'
}

bad_lines() {
    start
    wait_for 'Run count 1'
    say stop
    wait_for 'The app loop stops'
    say workers
    wait_for 'Worker 1'
    : >"$dir/mark"
    local bad=('fly' 'add' 'add x' 'add x 1' 'add x 1 2 3' 'add x -1 5' 'add x 1 y' 'add x 1 60001'
        'add x 536871 1' 'add 0123456789012345 1 1' 'add "Worker 0" 1 1' 'remove' 'remove nobody'
        'set nobody 1' 'set "Worker 0" x' 'set "Worker 0" 60001' 'stop' 'quit now' 'workers all'
        'config no.key' 'config rainbow.speed 101' 'config a b c' 'reset all'
        "$(printf 'x%.0s' $(seq 200))")
    local before after
    before=$(grep -cE '^' "$dir/output")
    say "${bad[@]}"
    say 'echo end'
    wait_for 'There is no command "echo"'
    after=$(grep -cE '^' "$dir/output")
    [ $((after - before)) -ge $((${#bad[@]} + 1)) ] || fail 'a bad line was not answered'
    say workers
    wait_for 'WORKER' 2
    say quit
    finish
    # both tables of workers are the same
    awk '/^WORKER/ { table++ }
        table && /^(Worker [01] |WORKER|    )/ { print > (FILE "." table) }' \
        FILE="$dir/table" "$dir/output"
    cmp -s "$dir/table.1" "$dir/table.2" || fail 'the tables differ'
    [ "$(wc -l <"$dir/table.1")" = 6 ] || fail 'the table of workers'
}

stop_start() {
    start
    wait_for 'Run count 1'
    say 'add long 0 1500' # once, since it does not fit between two frames again
    wait_for 'Added long.'
    say stop
    wait_for 'The app loop stops after the step that is under way.'
    say start
    wait_for 'Core 1 is in use' # the step of `long` is under way
    sleep 2
    say start
    wait_for 'The app loop starts.'
    wait_for 'Event loop thread running' 2
    wait_for 'Run count 3'
    say quit
    finish
    [ "$(grep -c 'Starting event loop thread' "$dir/output")" = 2 ] || fail 'not two starts'
}

# The reader goes away after one line; the program is asked to end and must.
closed_pipe() {
    mkfifo "$dir/input" "$dir/pipe"
    head -n 1 <"$dir/pipe" >"$dir/output" &
    timeout -k 1 20 "$program" <"$dir/input" >"$dir/pipe" 2>"$dir/errors" &
    pid=$!
    exec 3>"$dir/input"
    say help help workers tasks
    sleep 2 # by now every task has met the closed pipe
    kill -INT "$(pgrep -P "$pid")"
    finish
    [ "$(cat "$dir/output")" = 'Starting event loop thread' ] || fail 'the first line'
}

# Nobody reads for a while: the log and the shell both have something to write to a full pipe.
slow_reader() {
    { yes help | head -n 3000; echo quit; } >"$dir/commands"
    { timeout -k 1 30 "$program" <"$dir/commands"; echo "$?" >"$dir/answer"; } |
        { sleep 3; cat; } >"$dir/output"
    [ "$(cat "$dir/answer")" = 0 ] || fail "ends with $(cat "$dir/answer")"
    [ "$(grep -c 'this list' "$dir/output")" = 3000 ] || fail 'answers are missing'
}

# A worker does not come back: it is named, and the others go on; the next run tells it once.
stalled_worker() {
    export YOKE_STATE=$dir/state
    start
    wait_for 'Starting asyncio main loop'
    say 'add beat 100 1' 'set beat 60000'
    wait_for 'Event loop thread restarts without beat'
    grep -qx 'core 1 stopped in beat, which did not come back; restart 1' "$dir/output" ||
        fail 'no word of the fault'
    local before
    before=$(grep -c 'Run count' "$dir/output")
    wait_for 'Run count' $((before + 2))
    say workers quit
    finish
    grep -q '^beat  ' "$dir/output" && fail 'it is there still'
    for line in 1 0; do
        echo quit >"$dir/commands"
        timeout -k 1 10 "$program" <"$dir/commands" >"$dir/output" 2>"$dir/errors" &
        pid=$!
        finish
        [ "$(grep -c 'In the run before this one:' "$dir/output")" = "$line" ] ||
            fail "the fault is not told once"
    done
}

# A button by command, and one by the pin.
button() {
    mkfifo "$dir/pins"
    YOKE_PINS=$dir/pins start
    wait_for 'Starting asyncio main loop'
    say 'press 49' 'press 700'
    wait_for 'MS must be a whole number from 50 to 60000.'
    wait_for 'The button is pressed for 700 ms.'
    wait_for 'Button 0: long, '
    wait_for 'Button 0: released, 70' # ms, and what the machine adds
    echo '20 0' >"$dir/pins"
    sleep 0.1
    echo '20 -' >"$dir/pins"
    wait_for 'Button 0: short, '
    say boot
    wait_for 'The device was started by power-on.'
    wait_for 'mV, which is normal.'
    say quit
    finish
}

# The line in the terminal names the port that leads to the device, whichever that is.
status_line() {
    command -v script >/dev/null || exit 77
    unset NO_COLOR
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
    mkfifo "$dir/input"
    YOKE_LINK=nat YOKE_FORWARD=udp:$port:80,$port:80 YOKE_DRAW=1 YOKE_STATE=$dir \
        timeout -k 1 40 script -qefc "$program" /dev/null <"$dir/input" >"$dir/output" &
    pid=$!
    exec 3>"$dir/input"
    wait_for "http://localhost:$port   rainbow: "
    say quit
    finish
}

# All is stopped in order, the program asks for another start, and that tells why.
restart() {
    export YOKE_STATE=$dir/state
    start
    wait_for 'Run count 1'
    say restart
    wait "$pid"
    local answer=$?
    [ "$answer" = 75 ] || fail "ends with $answer"
    grep -qx 'Stopping event loop thread' "$dir/output" || fail 'not stopped in order'
    for line in 1 0; do
        echo quit >"$dir/commands"
        timeout -k 1 10 "$program" <"$dir/commands" >"$dir/output" 2>"$dir/errors" &
        pid=$!
        finish
        [ "$(grep -cx 'The device was restarted on command' "$dir/output")" = "$line" ] ||
            fail 'the reason is not told once'
    done
}

: >"$dir/output"
"$scene"
echo "$scene: as it should be"
