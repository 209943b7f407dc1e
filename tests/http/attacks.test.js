// Many who keep the server waiting: a new client is answered all along, and afterwards every pool
// is empty again. What is judged is counts; times only bound how long a test waits.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { Device } from './device.js';

const run = promisify(execFile);
const ANSWER_MS = 5000; // this machine may be busy; the figures seen are printed
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// New clients one after another while `attack` runs; prints the slowest.
async function answeredWhile(device, t, attack) {
    let over = false;
    const end = attack().finally(() => { over = true; });
    const times = [];
    do {
        const begin = performance.now();
        const answer = await device.raw(
            'GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        times.push(performance.now() - begin);
        assert.match(answer, /^HTTP\/1.1 200 /);
        await pause(50);
    } while (!over);
    await end;
    times.sort((a, b) => a - b);
    const slowest = times[times.length - 1];
    t.diagnostic(`${times.length} new clients answered, in ms: median ` +
        `${times[times.length >> 1].toFixed(1)}, slowest ${slowest.toFixed(1)}`);
    assert.ok(slowest < ANSWER_MS);
}

async function emptyAgain(device) {
    await device.until((c) => c.streams === 0 && c.pools.connections[0] === 0 &&
        c.pools.segments[0] === 0 && c.pools.frames[0] === 0);
}

// `attack` opens `count` connections and works on them for `ms`.
async function underAttack(t, count, ms, work) {
    const device = await Device.start();
    const sockets = [];
    await answeredWhile(device, t, async () => {
        for (let i = 0; i < count; i++) {
            sockets.push(device.connect());
            if (i % 10 === 9) await pause(60); // faster than slowhttptest by half
        }
        const end = performance.now() + ms;
        while (performance.now() < end) {
            sockets.forEach(work);
            await pause(100);
        }
    });
    sockets.forEach((socket) => socket.destroy());
    await emptyAgain(device);
    t.diagnostic(JSON.stringify(await device.counters()));
    assert.equal(await device.end(), 0);
}

test('200 that send their headers slowly', (t) => underAttack(t, 200, 2500, (socket) => {
    socket.step = (socket.step ?? 0) + 1;
    socket.write(socket.step === 1 ? 'GET /hello HTTP/1.1\r\nHost: localhost\r\n' : 'X: y\r\n');
}));

test('200 that send their body slowly', (t) => underAttack(t, 200, 2500, (socket) => {
    socket.step = (socket.step ?? 0) + 1;
    socket.write(socket.step === 1 ? 'PUT /upload HTTP/1.1\r\nHost: localhost\r\n' +
        'Content-Length: 90000\r\n\r\n' : 'x');
}));

test('200 that do not read', (t) => underAttack(t, 200, 2500, (socket) => {
    if (!socket.isPaused()) {
        socket.pause();
        socket.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20));
    }
}));

test('500 that send nothing', (t) => underAttack(t, 500, 1500, () => {}));

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
        const device = await Device.start();
        await answeredWhile(device, t, () => run('slowhttptest', [...options, '-c', '200', '-r',
            '100', '-i', '1', '-l', '5', '-p', '3', '-u', `${device.url}/large`]));
        await emptyAgain(device);
        assert.equal(await device.end(), 0);
    });
}
