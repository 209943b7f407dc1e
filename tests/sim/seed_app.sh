#!/bin/bash
# The seed program on the simulator, for 12.5 seconds of its clock: the published lines, in the
# order of each loop, and the same bytes for the same seed.   usage: seed_app.sh PROGRAM
set -u
program=$1

platform_lines='Starting event loop thread
Starting asyncio main loop
Main loop work: 2 seconds
Main loop work: 5 seconds
Main loop work: 2 seconds
Main loop work: 5 seconds
Main loop work: 2 seconds
Stopping event loop thread'

app_lines='Event loop thread running'
for count in 1 2 3 4 5 6; do
    for worker in 0 1; do
        app_lines+=$'\n'"Worker Worker $worker, <AppWorker object at ADDRESS>: Run count $count"
    done
done

run() { # SEED STRAYS
    YOKE_SEED=$1 YOKE_SIM_STRAYS=$2 YOKE_SIM_END_MS=12500 timeout 20 "$program" </dev/null |
        sed -E 's/object at [0-9a-f]+>/object at ADDRESS>/'
    return "${PIPESTATUS[0]}"
}

fail() {
    echo "seed $seed: $1"
    echo "$output"
    exit 1
}

for seed in 1 2 3 4 5 6 7 8 9 10; do
    strays=$((seed % 3 * 200))
    output=$(run "$seed" "$strays") || fail "does not end well"
    [ "$(grep -E '^(Starting|Stopping|Main)' <<<"$output")" = "$platform_lines" ] ||
        fail "lines of the platform loop differ"
    [ "$(grep -E '^(Event|Worker)' <<<"$output")" = "$app_lines" ] ||
        fail "lines of the app loop differ"
    [ "$(wc -l <<<"$output")" = "$(wc -l <<<"$platform_lines"$'\n'"$app_lines")" ] ||
        fail "there are other lines"
    [ "$(run "$seed" "$strays")" = "$output" ] || fail "the second run differs"
done
echo "10 seeds: the published lines, each time"
