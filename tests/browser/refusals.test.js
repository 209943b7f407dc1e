// What the server itself refuses, of each operation of docs/openapi.json: the status that the
// document has for it under `default`, a reason, and nothing is changed.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { start } from './device.js';
import { problems } from './schema.js';

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url)));
const { server } = document.components.responses;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({ name: `${method} ${path}`,
        path: path.replace('{name}', 'rainbow').replace('{number}', '0'),
        method: method.toUpperCase(), has: Object.keys(methods), takesBody: !!requestBody })));
const seen = new Set();
let device;

before(async () => {
    device = await start();
});
after(() => device?.stop());

const all = () => true;
const withBody = (operation) => operation.takesBody;
const head = ({ method, path }, ...fields) =>
    [`${method} ${path} HTTP/1.1`, ...fields, 'Connection: close', '', ''].join('\r\n');
const own = 'Host: localhost';
const json = 'Content-Type: application/json';

// Status, of which operations, and the request.
const refusals = [
    [400, all, (o) => head(o)],
    [400, all, (o) => head(o, own, 'a line without a colon')],
    [400, withBody, (o) => `${head(o, own, json, 'Transfer-Encoding: chunked')}x\r\n`],
    [403, all, (o) => head(o, own, 'Origin: http://evil.example')],
    [405, all, (o) => head({ path: o.path, method: ['delete', 'patch', 'post', 'put']
        .find((method) => !o.has.includes(method)).toUpperCase() }, own)],
    [411, withBody, (o) => head(o, own, json)],
    [413, withBody, (o) => head(o, own, json, 'Content-Length: 1025')],
    [414, all, (o) => head({ ...o, path: `${o.path}?${'x'.repeat(448)}` }, own)],
    [415, withBody, (o) => `${head(o, own, 'Content-Type: text/plain', 'Content-Length: 2')}{}`],
    [417, all, (o) => head(o, own, 'Expect: the unexpected')],
    [421, all, (o) => head(o, 'Host: evil.example')],
    [431, all, (o) => head(o, own, `X: ${'x'.repeat(1280)}`)],
    [501, all, (o) => head(o, own, 'Transfer-Encoding: gzip')],
];

// The answer to these bytes: its status, type and text.
async function raw(bytes) {
    const socket = connect(device.port, '127.0.0.1');
    socket.setTimeout(20000, () => socket.destroy(new Error('no answer')));
    socket.write(bytes);
    let text = '';
    for await (const part of socket) text += part;
    const [, status, fields, body] =
        text.match(/^HTTP\/1\.1 (\d+) [^]*?\r\n([^]*?)\r\n\r\n([^]*)$/);
    const type = fields.match(/^Content-Type: (.*)$/mi)?.[1].trim();
    return { status: Number(status), type, body };
}

function assertRefused({ status, type, body }, expected, what) {
    assert.equal(status, expected, `${what}: ${body}`);
    assert.ok(status in server['x-statuses'], `${what}: ${status} is not in the document`);
    assert.equal(type, 'application/json', what);
    const { schema } = server.content[type];
    assert.deepEqual(problems(document, schema, JSON.parse(body)), [], what);
    seen.add(status);
}

async function state() {
    const get = async (path) => (await fetch(device.url + path)).json();
    const loops = await get('/api/loops');
    return { config: await get('/api/config'), app: loops.app,
        workers: loops.workers.map((w) => [w.name, w.period_us, w.state]) };
}

test('each operation has the refusals of the server', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
        for (const [method, { responses }] of Object.entries(methods)) {
            assert.deepEqual(responses.default, { $ref: '#/components/responses/server' },
                `${method} ${path}`);
        }
    }
});

for (const [status, fits, request] of refusals) {
    const example = request({ path: '…', method: '…', has: [] }).split('\r\n').slice(1, -2);
    test(`${status}, and nothing is changed: ${example.join(' ').slice(0, 60)}`, async () => {
        const before = await state();
        for (const operation of operations.filter(fits)) {
            assertRefused(await raw(request(operation)), status, operation.name);
        }
        assert.deepEqual(await state(), before);
    });
}

test('408: a request that never ends', async () => {
    assertRefused(await raw(`GET /api/app HTTP/1.1\r\n${own}\r\n`), 408, 'half a head');
});

test('503: all places for streams are in use', async () => {
    const stop = new AbortController();
    let answer;
    for (let i = 0; i < 20 && answer?.status !== 503; i++) {
        answer = await fetch(`${device.url}/scope/events`, { signal: stop.signal });
    }
    const type = answer.headers.get('content-type');
    assertRefused({ status: answer.status, type, body: await answer.text() }, 503, 'the last');
    stop.abort();
});

// A token the seed has none of; what cannot be answered at all: tests/services/http.
test('each refusal of the document has been seen', () => {
    const missing = Object.keys(server['x-statuses']).map(Number).filter((s) => !seen.has(s));
    assert.deepEqual(missing, [401, 500]);
});
