// The real device against docs/openapi.json: every path, method, status and schema; and that what
// is changed is changed.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pause } from '../lib/device.js';
import { eventually, start } from './device.js';
import { problems, resolve } from './schema.js';

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url)));
const seen = new Set(); // "get /api/app 200"
let device;

before(async () => {
    device = await start();
});
after(() => device?.stop());

// Ask, and hold the answer against the document. `path` is one of it; `values` fill it in.
async function ask(method, path, { values = {}, body, status } = {}) {
    const full = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
    const answer = await fetch(device.url + full, { method: method.toUpperCase(),
        signal: AbortSignal.timeout(10000),
        ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' },
            body: typeof body === 'string' ? body : JSON.stringify(body) }) });
    const text = await answer.text();
    const what = `${method} ${full}: ${answer.status} ${text}`;
    assert.equal(answer.status, status, what);
    const documented = document.paths[path][method].responses[status];
    assert.ok(documented, `${what} is not in the document`);
    seen.add(`${method} ${path} ${status}`);
    const [media] = Object.entries(resolve(document, documented).content ?? {});
    if (!media) {
        assert.equal(text, '', what);
        return null;
    }
    assert.equal(answer.headers.get('content-type'), media[0], what);
    const value = media[0] === 'application/json' ? JSON.parse(text) : text;
    assert.deepEqual(problems(document, media[1].schema, value), [], what);
    return value;
}

test('each path has the methods of the document, and no others', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
        const url = device.url + path.replace(/\{\w+\}/, '0');
        const answer = await fetch(url, { method: 'OPTIONS' });
        const allowed = answer.headers.get('allow').split(/, */).map((m) => m.toLowerCase())
            .filter((m) => !['head', 'options'].includes(m));
        assert.deepEqual(allowed.sort(), Object.keys(methods).sort(), path);
    }
});

test('figures and lists', async () => {
    const text = await ask('get', '/metrics', { status: 200 });
    assert.match(text, /^yoke_worker_runs_total\{worker="rainbow"\} \d+$/m);
    assert.match(text, /^yoke_http_requests_total \d+$/m);
    const loops = await ask('get', '/api/loops', { status: 200 });
    assert.deepEqual(loops.workers.map((w) => w.name), ['rainbow', 'Worker 0', 'Worker 1']);
    assert.ok(loops.tasks.some((t) => t.name === 'net_body' && t.core === 0));
    assert.ok('yoke_log_dropped_total{core="0"}' in loops.figures);
    assert.ok((await ask('get', '/api/tasks', { status: 200 })).length >= loops.tasks.length - 2);
    for (const w of loops.workers) {
        const one = await ask('get', '/api/workers/{name}',
            { values: { name: w.name }, status: 200 });
        assert.ok(one.runs >= w.runs && one.name === w.name);
    }
});

test('a worker comes, works and goes', async () => {
    const values = { name: 'beat 1' };
    const names = async () => (await ask('get', '/api/workers', { status: 200 }))
        .map((w) => w.name);
    await ask('get', '/api/workers/{name}', { values, status: 404 });
    await ask('post', '/api/workers',
        { body: { name: 'beat 1', period_ms: 20, run_ms: 0 }, status: 201 });
    assert.deepEqual(await names(), ['rainbow', 'Worker 0', 'Worker 1', 'beat 1']);
    await ask('post', '/api/workers', { body: { name: 'beat 1', period_ms: 1 }, status: 409 });
    const { period_us: period } = await ask('get', '/api/workers/{name}', { values, status: 200 });
    assert.equal(period, 20000);
    await ask('post', '/api/workers/{name}/revive', { values, body: {}, status: 204 });
    await ask('delete', '/api/workers/{name}', { values, status: 204 });
    await eventually('it has left', async () => (await names()).length === 3);
    await ask('delete', '/api/workers/{name}', { values, status: 404 });
    await ask('delete', '/api/workers/{name}', { values: { name: 'rainbow' }, status: 409 });
    await ask('post', '/api/workers/{name}/revive', { values, body: {}, status: 404 });
});

test('what cannot be a worker is refused, and nothing is changed', async () => {
    const before = await ask('get', '/api/workers', { status: 200 });
    for (const body of ['', '{', '[]', '7', {}, { name: 'x' }, { name: '', period_ms: 1 },
        { name: 'x', period_ms: -1 }, { name: 'x', period_ms: 536871 }, { name: 7, period_ms: 1 },
        { name: 'x', period_ms: 1.5 }, { name: 'x', period_ms: 1, run_ms: 60001 },
        { name: 'ä', period_ms: 1 }, { name: 'a/b', period_ms: 1 },
        { name: 'x'.repeat(16), period_ms: 1 }, { name: 'x'.repeat(32), period_ms: 1 }]) {
        if (body === '') continue; // 411 or 400 is the server's, not ours
        const { error } = await ask('post', '/api/workers', { body, status: 400 });
        assert.match(error, /^.+\.$/);
    }
    const after = await ask('get', '/api/workers', { status: 200 });
    assert.deepEqual(after.map((w) => w.name), before.map((w) => w.name));
});

test('there is room for so many workers, and then an answer that says so', async () => {
    let added = 0;
    for (; added < 20; added++) {
        const answer = await fetch(`${device.url}/api/workers`, { method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ name: `w${added}`, period_ms: 1000, run_ms: 0 }) });
        if (answer.status === 409) {
            assert.match((await answer.json()).error, /no room for another worker/);
            break;
        }
        assert.equal(answer.status, 201);
    }
    assert.equal(added, 6);
    for (let i = 0; i < added; i++) {
        await ask('delete', '/api/workers/{name}', { values: { name: `w${i}` }, status: 204 });
    }
});

test('core 1 is stopped and started', async () => {
    const state = async () => (await ask('get', '/api/app', { status: 200 })).state;
    await ask('put', '/api/app', { body: { state: 'off' }, status: 204 });
    await eventually('off', async () => await state() === 'off');
    const [first] = await ask('get', '/api/workers', { status: 200 });
    const [second] = await ask('get', '/api/workers', { status: 200 });
    assert.equal(second.runs, first.runs);
    await ask('put', '/api/app', { body: { state: 'running' }, status: 204 });
    await ask('put', '/api/app', { body: { state: 'running' }, status: 204 }); // it does already
    for (const body of [{}, { state: 'on' }, { state: 1 }]) {
        await ask('put', '/api/app', { body, status: 400 });
    }
    assert.equal(await state(), 'running');
});

test('core 1 is not started while a step of it is under way', async () => {
    await ask('post', '/api/workers',
        { body: { name: 'long', period_ms: 0, run_ms: 2000 }, status: 201 });
    await ask('put', '/api/app', { body: { state: 'off' }, status: 204 });
    assert.deepEqual(await ask('get', '/api/app', { status: 200 }), { state: 'stopping' });
    const { error } = await ask('put', '/api/app', { body: { state: 'running' }, status: 409 });
    assert.match(error, /^Core 1 is in use/);
    const state = async () => (await ask('get', '/api/app', { status: 200 })).state;
    await eventually('off', async () => await state() === 'off');
    await ask('delete', '/api/workers/{name}', { values: { name: 'long' }, status: 204 });
    await ask('put', '/api/app', { body: { state: 'running' }, status: 204 });
    assert.equal(await state(), 'running');
});

test('settings: one, all, and all or none', async () => {
    const speed = { values: { name: 'rainbow.speed' } };
    const all = () => ask('get', '/api/config', { status: 200 });
    assert.deepEqual(await all(), { 'rainbow.speed': 4, 'net.name': 'yoke' });
    await ask('put', '/api/config/{name}', { ...speed, body: { value: 9 }, status: 204 });
    const { value } = await ask('get', '/api/config/{name}', { ...speed, status: 200 });
    assert.equal(value, '9');
    for (const body of [{ value: 101 }, { value: -1 }, { value: 'x' }, {}, { value: null }]) {
        await ask('put', '/api/config/{name}', { ...speed, body, status: 400 });
    }
    const nobody = { values: { name: 'no.such' } };
    await ask('get', '/api/config/{name}', { ...nobody, status: 404 });
    await ask('put', '/api/config/{name}', { ...nobody, body: { value: 1 }, status: 404 });
    await ask('patch', '/api/config', { body: { 'net.name': 'lamp', 'rainbow.speed': 101 },
        status: 400 });
    assert.deepEqual(await all(), { 'rainbow.speed': 9, 'net.name': 'yoke' });
    await ask('patch', '/api/config', { body: { 'net.name': 'lamp', 'rainbow.speed': 2 },
        status: 204 });
    assert.deepEqual(await all(), { 'rainbow.speed': 2, 'net.name': 'lamp' });
});

test('a button is pressed, and becomes an event', async () => {
    const button = { values: { number: 0 } };
    await ask('post', '/api/buttons/{number}', { ...button, body: { ms: 700 }, status: 202 });
    await ask('post', '/api/buttons/{number}', { ...button, body: {}, status: 409 });
    for (const body of [{ ms: 1 }, { ms: 60001 }, { ms: 'x' }]) {
        const answer = ask('post', '/api/buttons/{number}', { ...button, body, status: 400 });
        await answer;
    }
    await ask('post', '/api/buttons/{number}', { values: { number: 1 }, body: {}, status: 404 });
    await eventually('the event', () => /^Button 0: long, /m.test(device.output()));
});

test('events of the scope come as a stream', async () => {
    const stop = new AbortController();
    const answer = await fetch(`${device.url}/scope/events`, { signal: stop.signal });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    seen.add('get /scope/events 200');
    let text = '';
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
        text += part;
        if (text.split('event: spans').length > 12) break;
    }
    stop.abort();
    const events = text.split('\n\n').slice(0, -1)
        .map((e) => e.match(/^event: (\w+)\ndata: (.*)$/));
    for (const [, , data] of events) JSON.parse(data);
    assert.deepEqual([...new Set(events.map(([, name]) => name))].sort(),
        ['lane', 'spans', 'worker']);
});

test('a restart ends all in order, and asks for another start', async () => {
    const { body } = await fetch(`${device.url}/scope/events`);
    const told = body.pipeTo(new WritableStream()).then(() => true, () => true);
    await ask('post', '/api/restart', { body: {}, status: 202 });
    assert.ok(await Promise.race([told, pause(10000)]), 'who listens is told the end');
    await device.restarted();
    device = null;
});

test('each answer of the document has been seen', () => {
    const missing = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).flatMap(([method, { responses }]) => Object.keys(responses)
            .map((status) => `${method} ${path} ${status}`)))
        .filter((each) => !each.endsWith(' default') && !seen.has(each)); // refusals.test.js
    assert.deepEqual(missing, []);
});
