// Many who keep the server waiting: a new client is answered all along, and afterwards every pool
// is empty again. What is judged is how many were slow though a bare listener beside was not.

import assert from 'node:assert/strict';
import { execFile, execFileSync, fork } from 'node:child_process';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Device } from './device.js';

const run = promisify(execFile);
const ANSWER_MS = 500;
const PATIENCE_MS = 5000;
const EVERY_MS = 50; // a new client
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What this machine itself makes late: a bare listener, in a process of its own as the device is.
let bare;
before(async () => {
    const program = fork(fileURLToPath(new URL('./bare.js', import.meta.url)));
    bare = { program, port: await new Promise((resolve) => program.once('message', resolve)) };
});
after(() => bare.program.disconnect());

async function isAnswered(port) {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('error', () => {});
    socket.on('data', (data) => { answer += data; });
    socket.write('GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve));
    return answer.startsWith('HTTP/1.1 200 ');
}

// A client that is reset tries again at once. How long it takes in all.
async function ask(port) {
    const begin = performance.now();
    let tries = 1;
    while (!await isAnswered(port)) {
        assert.ok(performance.now() - begin < PATIENCE_MS, 'a new client is never answered');
        tries++;
        await pause(5);
    }
    return { ms: performance.now() - begin, tries };
}

// Every 50 ms a new client, of the device and of the bare listener, while `attack` runs. None of
// the device's is slow unless the one beside it was.
async function answeredWhile(device, t, attack) {
    let over = false;
    const end = attack().finally(() => { over = true; });
    const pairs = [];
    do {
        pairs.push(Promise.all([ask(device.port), ask(bare.port)]));
        await pause(EVERY_MS);
    } while (!over);
    await end;
    const both = await Promise.all(pairs);
    const times = both.map(([own]) => own.ms).sort((a, b) => a - b);
    const again = both.filter(([own]) => own.tries > 1).length;
    const slow = both.filter(([own, beside]) => own.ms > ANSWER_MS && beside.ms <= ANSWER_MS);
    t.diagnostic(`${times.length} new clients, in ms: median ` +
        `${times[times.length >> 1].toFixed(1)}, slowest ${times.at(-1).toFixed(1)}, ${again} ` +
        'of them reset and tried again; slowest of the bare listener ' +
        Math.max(...both.map(([, beside]) => beside.ms)).toFixed(1));
    t.diagnostic(JSON.stringify(await device.counters()));
    assert.equal(slow.length, 0, `slower than ${ANSWER_MS} ms, though the control was not`);
    assert.ok(both.some(([, beside]) => beside.ms <= ANSWER_MS), 'the machine was not too busy');
}

// For one test: it is stopped at once when the test fails.
async function startFor(t) {
    const device = await Device.start();
    t.after(() => device.end());
    return device;
}

async function emptyAgain(device) {
    await device.until((c) => c.streams === 0 && c.pools.connections[0] === 0 &&
        c.pools.segments[0] === 0 && c.pools.frames[0] === 0);
}

// Opens `count` connections, `perSecond`, and works on all of them every 100 ms, for `ms` more.
async function underAttack(t, { count, perSecond, ms }, work) {
    const sockets = [];
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    const device = await startFor(t);
    await answeredWhile(device, t, async () => {
        const begin = performance.now(), opened = count * 1000 / perSecond;
        for (let elapsed = 0; elapsed < opened + ms; elapsed = performance.now() - begin) {
            const due = Math.min(count, Math.ceil(elapsed * perSecond / 1000));
            while (sockets.length < due) {
                sockets.push(device.connect());
                work(sockets.at(-1));
            }
            if (Math.floor(elapsed / 100) !== sockets.beats) {
                sockets.beats = Math.floor(elapsed / 100);
                sockets.forEach(work);
            }
            await pause(2);
        }
        assert.equal(sockets.length, count);
    });
    sockets.forEach((socket) => socket.destroy());
    await emptyAgain(device);
    assert.equal(await device.end(), 0);
}

const sendHead = (socket) => {
    socket.step = (socket.step ?? 0) + 1;
    socket.write(socket.step === 1 ? 'GET /hello HTTP/1.1\r\nHost: localhost\r\n' : 'X: y\r\n');
};
const sendBody = (socket) => {
    socket.step = (socket.step ?? 0) + 1;
    socket.write(socket.step === 1 ? 'PUT /upload HTTP/1.1\r\nHost: localhost\r\n' +
        'Content-Type: application/octet-stream\r\nContent-Length: 90000\r\n\r\n' : 'x');
};
const readNothing = (socket) => {
    if (!socket.isPaused()) {
        socket.pause();
        socket.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20));
    }
};
const few = { count: 200, perSecond: 160, ms: 2500 }; // slowhttptest's own rate is 50
const rush = { count: 1000, perSecond: 500, ms: 500 };

test('200 that send their headers slowly', (t) => underAttack(t, few, sendHead));
test('200 that send their body slowly', (t) => underAttack(t, few, sendBody));
test('200 that do not read', (t) => underAttack(t, few, readNothing));
test('500 that send nothing', (t) =>
    underAttack(t, { count: 500, perSecond: 160, ms: 1500 }, () => {}));

test('500 a second that send nothing', (t) => underAttack(t, rush, () => {}));
test('500 a second that send half a head', (t) => underAttack(t, rush, sendHead));
test('500 a second that send half a body', (t) => underAttack(t, rush, sendBody));

function hasSlowhttptest() {
    try {
        execFileSync('sh', ['-c', 'command -v slowhttptest']);
        return false;
    } catch {
        return 'slowhttptest is missing';
    }
}

for (const [name, options] of [['headers', ['-H']], ['body', ['-B']],
    ['read', ['-X', '-w', '10', '-y', '20', '-n', '5', '-z', '32']]]) {
    test(`slowhttptest: ${name}, 200 connections`, { skip: hasSlowhttptest() }, async (t) => {
        const device = await startFor(t);
        await answeredWhile(device, t, () => run('slowhttptest', [...options, '-c', '200', '-r',
            '100', '-i', '1', '-l', '5', '-p', '3', '-u', `${device.url}/large`]));
        await emptyAgain(device);
        assert.equal(await device.end(), 0);
    });
}
