// The server, asked by node's fetch, curl, wrk and the `ws` package.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';

import { Device } from './device.js';

const run = promisify(execFile);

function has(program) {
    try {
        execFileSync('sh', ['-c', `command -v ${program}`]);
        return true;
    } catch {
        return false;
    }
}

const without = (program) => ({ skip: has(program) ? false : `${program} is missing` });
const sum = (text) => Buffer.from(text).reduce((a, b) => a + b, 0);

let device;
before(async () => { device = await Device.start(); });
after(async () => { assert.equal(await device.end(), 0); });

// --- fetch ---

test('an answer, and the headers of all answers', async () => {
    const answer = await fetch(`${device.url}/hello?name=a%20b`);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { hello: 'a b' });
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.match(answer.headers.get('content-security-policy'), /frame-ancestors 'none'/);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
});

test('streamed and large answers', async () => {
    const big = await (await fetch(`${device.url}/big`)).text();
    assert.equal(big.length, 300 * 9);
    const large = await (await fetch(`${device.url}/large`)).text();
    assert.equal(large, 'x'.repeat(65536));
});

test('bodies: of known length, in chunks, large', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${device.url}/echo`,
        { method: 'POST', headers, body: '{"a":[1]}' });
    assert.deepEqual(await answer.json(), { a: [1] });
    const body = 'abc'.repeat(20000);
    const upload = await fetch(`${device.url}/upload`, { method: 'PUT', body });
    assert.deepEqual(await upload.json(), { size: 60000, sum: sum(body) });
    const stream = new ReadableStream({
        start(controller) {
            for (let i = 0; i < 50; i++) controller.enqueue(Buffer.from(`piece ${i};`));
            controller.close();
        },
    });
    const chunked = await fetch(`${device.url}/upload`,
        { method: 'PUT', body: stream, duplex: 'half' });
    assert.equal((await chunked.json()).size, 440);
});

test('what is refused says why', async () => {
    const form = await fetch(`${device.url}/echo`,
        { method: 'POST', body: new URLSearchParams({}) });
    assert.equal(form.status, 415);
    assert.match((await form.json()).error, /application\/json/);
    const close = 'Connection: close\r\n';
    const foreign = await device.raw(`GET / HTTP/1.1\r\nHost: evil.example\r\n${close}\r\n`);
    assert.match(foreign, /^HTTP\/1.1 421 /);
    const origin = await device.raw(`POST /echo HTTP/1.1\r\nHost: localhost\r\n${close}` +
        'Origin: http://evil.example\r\nContent-Type: application/json\r\n' +
        'Content-Length: 2\r\n\r\n{}');
    assert.match(origin, /^HTTP\/1.1 403 /);
});

test('16 requests at once are all answered', async () => {
    const all = Array.from({ length: 16 }, async (_, i) => {
        const answer = await fetch(`${device.url}/hello?name=${i}`);
        return (await answer.json()).hello;
    });
    assert.deepEqual(await Promise.all(all), Array.from({ length: 16 }, (_, i) => `${i}`));
});

// What the system does not let wait it drops without a word, and a client that was dropped tries
// again only after a second.
test('8 that connect while the device is away wait for it', async () => {
    const [pid] = readFileSync(`/proc/${device.process.pid}/task/${device.process.pid}/children`,
        'utf8').split(' ').map(Number);
    process.kill(pid, 'SIGSTOP');
    const request = 'GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const sockets = Array.from({ length: 8 }, () => device.connect(request));
    try {
        const connected = sockets.map((socket) => once(socket, 'connect'));
        await Promise.race([Promise.all(connected), pause(5000, null, { ref: false })]);
        assert.equal(sockets.filter((socket) => !socket.connecting).length, 8);
    } finally {
        process.kill(pid, 'SIGCONT');
    }
    await Promise.all(sockets.map((socket) => socket.whenClosed));
    sockets.forEach(({ text }) => assert.match(text, /^HTTP\/1.1 200 .*"hello":"you"/s));
});

// --- curl and wrk ---

test('curl: keep-alive, HEAD, Expect', without('curl'), async () => {
    const { stdout } = await run('curl', ['-sv', '-m', '10', `${device.url}/hello`,
        `${device.url}/big`, '--stderr', '-']);
    assert.match(stdout, /Re-using existing connection/);
    const head = await run('curl', ['-sI', '-m', '10', `${device.url}/large`]);
    assert.match(head.stdout, /Content-Length: 65536\r\n/);
    const expect = await run('curl', ['-sv', '-m', '10', '-H', 'Expect: 100-continue', '-H',
        'Content-Type: application/json', '-d', '[1,2]', `${device.url}/echo`, '--stderr', '-']);
    assert.match(expect.stdout, /100 Continue[^]*\[1,2\]/);
});

// For longer and longer, until something was answered.
async function wrk(path) {
    for (let seconds = 2; seconds < 100; seconds *= 2) {
        const { stdout } = await run('wrk', ['-t1', '-c8', `-d${seconds}s`, '--timeout', '60s',
            `${device.url}${path}`]);
        assert.doesNotMatch(stdout, /Non-2xx|Socket errors/);
        const answers = Number(stdout.match(/(\d+) requests in/)[1]);
        if (answers > 0) return answers;
    }
    return 0;
}

test('wrk: 8 connections, every answer right', without('wrk'), async (t) => {
    for (const path of ['/hello', '/large']) {
        const answers = await wrk(path);
        t.diagnostic(`${path}: ${answers} answers`);
        assert.ok(answers > 0, path);
    }
});

// --- streams ---

test('an event stream', async () => {
    const controller = new AbortController();
    const answer = await fetch(`${device.url}/events`, { signal: controller.signal });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    let text = '';
    for await (const piece of answer.body) {
        text += Buffer.from(piece);
        if (text.split('\n\n').length > 5) break;
    }
    controller.abort();
    const numbers = text.split('\n\n').slice(0, 5).map((event) => Number(event.slice(6)));
    assert.deepEqual(numbers, [0, 1, 2, 3, 4].map((i) => numbers[0] + i));
    await device.until((counters) => counters.streams === 0);
});

// Messages that the echo gives back; numbers of the ticker come between them.
async function echoes(messages, send) {
    const socket = new WebSocket(`${device.url}/ws`);
    const got = [];
    await new Promise((resolve, reject) => {
        socket.on('open', () => messages.forEach((message, i) => send(socket, message, i)));
        socket.on('message', (data, isBinary) => {
            const text = data.toString();
            if (isBinary || !/^\d+$/.test(text)) got.push(text);
            if (got.length === messages.length) socket.close(1000, 'done');
        });
        socket.on('close', (code) =>
            (code === 1000 ? resolve() : reject(new Error(`closed ${code}`))));
        socket.on('error', reject);
    });
    return got;
}

test('ws: messages of all lengths', async () => {
    const messages = ['a', 'ä€𐍈', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(1280)];
    assert.deepEqual(await echoes(messages, (socket, message, i) =>
        socket.send(message, { binary: i % 2 === 0 })), messages);
});

test('ws: fragments, and pings between them', async () => {
    const send = (socket, message) => {
        socket.send(message.slice(0, 3), { fin: false });
        socket.ping('p');
        socket.send(message.slice(3), { fin: true });
    };
    assert.deepEqual(await echoes(['first one', 'second one'], send), ['first one', 'second one']);
});

test('ws: a ping is answered; a message that is too long is not taken', async () => {
    const socket = new WebSocket(`${device.url}/ws`);
    await new Promise((resolve) => socket.on('open', resolve));
    const pong = new Promise((resolve) => socket.on('pong', (data) => resolve(data.toString())));
    socket.ping('there?');
    assert.equal(await pong, 'there?');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(1281));
    assert.equal(await closed, 1009);
});

test('ws: a page of another origin is refused', async () => {
    const socket = new WebSocket(`${device.url}/ws`, { origin: 'http://evil.example' });
    const error = await new Promise((resolve) => socket.on('error', resolve));
    assert.match(error.message, /403/);
});

// --- a token, from here on ---

test('who does not bear the token may not ask', async () => {
    await device.wantToken('secret');
    const status = async (path, headers = {}) =>
        (await fetch(`${device.url}${path}`, { headers })).status;
    const { refused } = await device.counters();
    assert.equal(await status('/hello'), 401);
    assert.equal(await status('/hello', { Authorization: 'Bearer secre' }), 401);
    assert.equal(await status('/hello', { Authorization: 'Bearer secrets' }), 401);
    assert.equal(await status('/hello', { Authorization: 'Basic secret' }), 401);
    assert.equal(await status('/hello?access_token=secret'), 401); // of streams only
    assert.equal((await device.counters()).refused - refused, 5);
    assert.equal(await status('/hello', { Authorization: 'Bearer secret' }), 200);
    assert.equal(await status('/'), 200);
    const bare = new WebSocket(`${device.url}/ws`);
    const error = await new Promise((resolve) => bare.on('error', resolve));
    assert.match(error.message, /401/);
    const socket = new WebSocket(`${device.url}/ws?access_token=secret`);
    await new Promise((resolve) => socket.on('open', resolve));
    socket.terminate();
});
