-- wrk calls it at the end: what it has counted, in microseconds, as one line of JSON.
function done(summary, latency)
    local e = summary.errors
    print(string.format(
        '{"requests":%d,"us":%d,"p50":%d,"p99":%d,"longest":%d,"errors":%d}',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        latency.max, e.connect + e.read + e.write + e.status + e.timeout))
end
