# shellcheck shell=bash
# Run files of node's test runner; show what failed, and a closing line that tools/test can count.
run_node_tests() { # name, file …
    local name=$1 log=build/log/$1.tap passed failed skipped
    shift
    mkdir -p build/log
    node --test --test-reporter=tap "$@" >"$log" 2>&1
    grep -q '^# tests' "$log" || cat "$log"
    # A failed test and what it said, up to the next one.
    awk '/^ *not ok / { show = 1 } /^ *(ok |# Subtest)/ { show = 0 } show' "$log"
    number_of() { sed -n "s/^# $1 //p" "$log" | tail -n 1; }
    passed=$(number_of pass) failed=$(number_of fail) skipped=$(number_of skipped)
    echo "$name: ${passed:-0} passed, ${failed:-1} failed, ${skipped:-0} skipped"
    [ "${failed:-1}" = 0 ] && [ "${passed:-0}" != 0 ]
}
