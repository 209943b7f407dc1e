// /metrics against the rules of Prometheus; that each figure is there, and follows what happens.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually, start } from './device.js';
import { isEmulated } from '../lib/device.js';
import { findings, parse } from './prometheus.js';

let device;

before(async () => {
    device = await start();
});
after(() => device?.stop());

const read = async () => (await fetch(`${device.url}/metrics`)).text();

const send = (method, path, body) => fetch(device.url + path, { method,
    headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

// The value of the one sample that has these labels.
function value(text, name, labels = {}) {
    const samples = parse(text).families.get(name)?.samples ?? [];
    const found = samples.filter((s) => Object.entries(labels)
        .every(([key, v]) => s.labels[key] === v));
    assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}`);
    return found[0].value;
}

test('the linter finds what is wrong', () => {
    const good = '# HELP a_total A.\n# TYPE a_total counter\na_total{b="c\\"d"} 1\n';
    const histogram = (rows) => `# HELP h_seconds H.\n# TYPE h_seconds histogram\n${rows}`;
    const whole = 'h_seconds_bucket{le="0.5"} 1\nh_seconds_bucket{le="+Inf"} 2\n' +
        'h_seconds_count 2\n';
    assert.deepEqual(findings(good + histogram(whole)), []);
    for (const bad of [
        good.slice(0, -1), good + good, good.replaceAll('a_total', 'a'),
        good.replaceAll('a_total', 'aTotal_total'), good.replace('counter', 'gauge'),
        good.replace('counter', 'number'), good.replaceAll('a_total', 'a_ms_total'),
        good.replaceAll('a_total', 'a_counter_total'), good.replace('# HELP a_total A.\n', ''),
        good.replace('# TYPE a_total counter\n', ''), good.replace('1\n', 'x\n'),
        good.replace('1\n', '-1\n'), good.replace('c\\"d', 'c"d'), `${good}a_total{b="c\\"d"} 2\n`,
        good.replace('{b="c\\"d"}', '{b="c",b="d"}'), `${good}b_total 1\n`,
        '# HELP a_total A.\n# TYPE a_total counter\n',
        histogram(whole.replace('} 1', '} 3')), histogram(whole.replace('count 2', 'count 1')),
        histogram(whole.replace('+Inf', '0.7')), histogram(whole.replace('0.5', '+Inf')),
        histogram(whole.replace('h_seconds_count 2\n', '')),
    ]) {
        assert.notDeepEqual(findings(bad), [], bad);
    }
});

test('all figures keep the rules', async () => {
    assert.deepEqual(findings(await read()), []);
});

// How deep the stacks are only the chip can tell; its supply is not emulated.
test('each figure of a device is there', async () => {
    const { families } = parse(await read());
    const names = [
        ...['runs_total', 'run_seconds_total', 'run_seconds_max', 'period_seconds',
            'lateness_seconds', 'lateness_seconds_max', 'missed_periods_total', 'overruns_total',
            'errors_total', 'held_total', 'state'].map((n) => `worker_${n}`),
        ...['runs_total', 'run_seconds_total', 'run_seconds_max', 'accounts_refused_total']
            .map((n) => `task_${n}`),
        ...['used', 'used_max', 'size', 'refused_total'].map((n) => `pool_${n}`),
        ...['frames_in_total', 'frames_out_total', 'lost_in_total', 'lost_out_total',
            'accepted_total', 'half_open_dropped_total', 'evicted_total', 'turned_away_total',
            'unanswered_total', 'unread_total', 'unsent_total', 'has_address']
            .map((n) => `net_${n}`),
        ...['connections_total', 'requests_total', 'refused_total', 'late_total', 'dropped_total',
            'streams'].map((n) => `http_${n}`),
        ...['erases_total', 'programs_total', 'failures_total'].map((n) => `flash_${n}`),
        ...(isEmulated ? ['stack_used_bytes_max', 'stack_size_bytes'] : []),
        'uptime_seconds', 'app_running', 'link_up', 'config_refused_total', 'log_dropped_total',
        'queue_waited_max', 'app_restarts_total', 'boot_cause', 'boots_failed',
        ...(isEmulated ? [] : ['supply_volts']),
    ].map((n) => `yoke_${n}`);
    const there = [...families.keys()].filter((n) => !isEmulated || n !== 'yoke_supply_volts');
    assert.deepEqual(there.sort(), names.sort());
    assert.deepEqual(families.get('yoke_pool_used').samples.map((s) => s.labels.pool),
        ['connections', 'listeners', 'sockets', 'segments', 'frames', 'groups', 'timers', 'bytes']);
});

test('/api/loops has the same, but for what has its own place there', async () => {
    const { figures } = await (await fetch(`${device.url}/api/loops`)).json();
    const expected = [...parse(await read()).families.keys()]
        .filter((name) => !/^yoke_(worker|task|app_running|uptime)/.test(name));
    const names = Object.keys(figures).map((key) => key.replace(/\{.*/, ''));
    assert.deepEqual([...new Set(names)], expected);
});

test('what happens is counted', async () => {
    const first = await read();
    assert.equal((await send('GET', '/api/app')).status, 200);
    assert.equal((await send('GET', '/nothing')).status, 404);
    const second = await read();
    const grew = (name, labels) => value(second, name, labels) - value(first, name, labels);
    assert.equal(grew('yoke_http_requests_total'), 3);
    assert.equal(grew('yoke_http_refused_total'), 1);
    assert.ok(grew('yoke_net_frames_in_total') > 0);
    assert.ok(grew('yoke_net_frames_out_total') > 0);
    assert.equal(value(second, 'yoke_link_up'), 1);
    assert.equal(value(second, 'yoke_net_has_address'), 1);
    assert.equal(value(second, 'yoke_boot_cause', { cause: 'power' }), 1);
    assert.equal(value(second, 'yoke_boot_cause', { cause: 'fault' }), 0);
    assert.ok(value(second, 'yoke_pool_used', { pool: 'connections' }) > 0);
    assert.ok(value(second, 'yoke_queue_waited_max', { queue: 'log', core: '1' }) > 0);
});

test('a setting that is saved wears the flash, and is seen to', async () => {
    const programs = async () => value(await read(), 'yoke_flash_programs_total');
    const before = await programs();
    assert.equal((await send('PUT', '/api/config/rainbow.speed', { value: 7 })).status, 204);
    await eventually('it is in the flash', async () => await programs() > before);
    assert.equal(value(await read(), 'yoke_flash_failures_total'), 0);
});
