# shellcheck shell=bash
# Run files of node's test runner, $lanes of them side by side (1); show what failed, and a closing
# line that tools/test can count.
run_node_tests() { # name, file …
    local name=$1 log=build/log/$1 passed failed skipped
    shift
    rm -rf "$log" && mkdir -p "$log"
    # shellcheck disable=SC2016 # the inner shell's
    printf '%s\n' "$@" | xargs -P "${lanes:-1}" -I{} sh -c \
        'node --test --test-reporter=tap "$2" >"$1/$(echo "$2" | tr / -).tap" 2>&1' sh "$log" {}
    # A failed test and what it said, up to the next one; and what is no account of a run.
    awk '/^ *not ok / { show = 1 } /^ *(ok |#|1\.\.)/ { show = 0 } show' "$log"/*.tap
    grep -L '^# tests' "$log"/*.tap | xargs -r cat
    sum_of() { awk -v k="^($1)$" '/^# / && $2 ~ k { n += $3 } END { print n + 0 }' "$log"/*.tap; }
    # A test that never ends is not failed, for node, but cancelled.
    failed=$(($(sum_of 'fail|cancelled') + $(grep -L '^# tests' "$log"/*.tap | wc -l)))
    passed=$(sum_of pass) skipped=$(sum_of skipped)
    echo "$name: $passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ] && [ "$passed" != 0 ]
}
