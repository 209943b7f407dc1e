// The device under load: its rainbow, a frame every 10 ms, misses none, and every answer is right.
// wrk with 8 connections, 4 WebSockets, 2 event streams, a setting every 100 ms, and a button: on
// the host a command every 100 ms, on the chip at its pin, every 120 ms and with bounces. 6 s of
// the device's time, or with YOKE_LONG 60 s.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { Agent, get, request } from 'node:http';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { WebSocket } from 'ws';

import { SEED, eventually, start } from '../browser/device.js';
import { fileOf, isEmulated, pause } from '../lib/device.js';

const SLEEPER = 'build/host/tests/http/test_http.sleeper';
const SECONDS = process.env.YOKE_LONG ? 60 : 6;
const EVERY_MS = 100;
const PERIOD_MS = 10;
const LATE_US_MAX = 10; // on the chip
const BUTTON_PIN = 20;

const LOAD = { connections: 8, sockets: 4, streams: 2 };

// The chip's line carries 92 KB/s: what is asked of it is short.
const ASKED = isEmulated
    ? { path: '/api/app', right: ['{"state":"running"}', '}'] }
    : { path: '/api/loops', right: ['{"app":"running",', '}}'] };

// --- clients ---

// One connection that is kept; answers {status, text}.
function client(port) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    return (method, path, body) => new Promise((resolve, reject) => {
        const headers = body ? { 'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(body) } : {};
        const asked = request({ port, host: 'localhost', family: 4, method, path, agent, headers },
            async (answer) => {
                let text = '';
                for await (const piece of answer.setEncoding('utf8')) text += piece;
                resolve({ status: answer.statusCode, text });
            });
        asked.on('error', reject);
        asked.end(body);
    });
}

async function json(ask, path) {
    const { status, text } = await ask('GET', path);
    assert.equal(status, 200, path);
    return JSON.parse(text);
}

const rainbow = (ask) => json(ask, '/api/workers/rainbow');
const frames = ({ runs, skips }) => runs + skips;

// Counts messages; each must say more frames than the one before.
function listen(port) {
    const socket = new WebSocket(`ws://localhost:${port}/ws`);
    const seen = { messages: 0, frames: 0, wrong: 0, close: () => socket.close() };
    socket.on('message', (data) => {
        const { frames } = JSON.parse(data);
        seen.wrong += frames > seen.frames ? 0 : 1;
        seen.messages++;
        seen.frames = frames;
    });
    socket.on('error', () => { seen.wrong++; });
    return seen;
}

// Each event of the scope is JSON.
function watch(port) {
    const seen = { messages: 0, wrong: 0 };
    const failed = () => { seen.wrong += seen.closed ? 0 : 1; };
    const asked = get({ port, host: 'localhost', family: 4, path: '/scope/events', agent: false },
        (answer) => {
            seen.wrong += answer.statusCode === 200 ? 0 : 1;
            createInterface(answer).on('line', (line) => {
                if (!line.startsWith('data: ')) return;
                JSON.parse(line.slice(6));
                seen.messages++;
            }).on('error', failed);
        });
    asked.on('error', failed);
    seen.close = () => { seen.closed = true; asked.destroy(); };
    return seen;
}

// `work(i)` every 100 ms until it is stopped, or fails; answers how often.
function repeat(work, failed) {
    let over = false, count = 0;
    const ended = (async () => {
        while (!over) {
            const next = performance.now() + EVERY_MS;
            await work(count++);
            await pause(Math.max(0, next - performance.now()));
        }
    })().catch(failed).then(() => count);
    return async () => { over = true; return ended; };
}

// --- beside the device ---

async function startSleeper() {
    const program = spawn('timeout', ['-k', '1', `${SECONDS + 60}`, SLEEPER],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    return async () => {
        program.stdin.end();
        let text = '';
        for await (const piece of program.stdout) text += piece;
        return JSON.parse(text);
    };
}

function missing() {
    try {
        execFileSync('sh', ['-c', 'command -v wrk']);
        execFileSync('test', ['-f', fileOf(SEED), '-a', '-f', isEmulated ? fileOf(SEED) : SLEEPER]);
        return false;
    } catch {
        return 'wrk, or the seed program with its network, is missing';
    }
}

// Until it is stopped; then { requests, wrong }. What went wrong on the way is in its report.
function startWrk(port) {
    const program = spawn('wrk', ['-t1', `-c${LOAD.connections}`, '-d1h', '--timeout', '60s',
        '-s', new URL('right.lua', import.meta.url).pathname,
        `http://localhost:${port}${ASKED.path}`, ...ASKED.right],
    { stdio: ['ignore', 'pipe', 'inherit'] });
    const report = (async () => {
        let text = '';
        for await (const piece of program.stdout) text += piece;
        return text;
    })();
    return async () => {
        program.kill('SIGINT'); // it ends with its figures
        const text = await report;
        assert.doesNotMatch(text, /Non-2xx|Socket errors/);
        return { requests: Number(text.match(/(\d+) requests in/)[1]),
            wrong: Number(text.match(/^(\d+) wrong answers$/m)[1]) };
    };
}

// --- the test ---

// At the pin; 50 ms are the shortest that counts, of a press and of a pause.
function storm() {
    const from = 1000, to = from + (SECONDS + 20) * 1000;
    const options = [];
    for (let ms = from; ms < to; ms += 120) {
        options.push(...[`${ms}+1`, `${ms + 3}+2`, `${ms + 6}+60`]
            .flatMap((when) => ['--press', `${BUTTON_PIN}@${when}`]));
    }
    return options;
}

// Two of them are told as one.
const presses = (device) => 2 * device.output().match(/^Button 0: double/gm)?.length || 0;

// Ask without end, over one connection: with those of LOAD it is the chip's last. `seen` is what
// the last account of the rainbow says.
function askForAll(port) {
    const ask = client(port);
    const answers = { right: 0, wrong: [], seen: null, failed: false };
    const expect = (answer, status, isRight = true) => {
        if (answer.status === status && isRight) answers.right++;
        else answers.wrong.push(`${answer.status} ${answer.text.slice(0, 80)}`);
    };
    const set = async (i) => {
        const speed = i % 100;
        expect(await ask('PUT', '/api/config/rainbow.speed', `{"value":${speed}}`), 204);
        if (i % 5 === 0) {
            const answer = await ask('GET', '/api/config/rainbow.speed');
            expect(answer, 200, JSON.parse(answer.text).value === `${speed}`);
            const look = await ask('GET', '/api/workers/rainbow');
            const account = JSON.parse(look.text);
            expect(look, 200, !answers.seen || frames(account) > frames(answers.seen));
            answers.seen = account;
        }
        if (i % 10 === 0) expect(await ask('GET', '/nothing'), 404);
    };
    const press = async () => {
        const answer = await ask('POST', '/api/buttons/0', '{"ms":60}');
        expect(answer, answer.status === 409 ? 409 : 202); // 409: it is still pressed
    };
    const failed = (error) => {
        answers.failed = true;
        answers.wrong.push(`${error}`);
    };
    const stops = (isEmulated ? [set] : [set, press]).map((step) => repeat(step, failed));
    return { answers, stop: () => Promise.all(stops.map((stop) => stop())) };
}

// The device under load for SECONDS of its own time; answers what the rainbow did in it.
async function underLoad(device, streams, t) {
    const { answers, stop } = askForAll(device.port);
    await eventually('a first look', () => answers.seen);
    const before = answers.seen, pressedBefore = presses(device);
    const endWrk = startWrk(device.port);
    const enough = frames(before) + SECONDS * 1000 / PERIOD_MS;
    while (!answers.failed && frames(answers.seen) < enough) await pause(50);
    const { requests, wrong } = await endWrk();
    const after = answers.seen;
    const pressed = presses(device) - pressedBefore;
    const [settings, commands = pressed] = await stop();

    t.diagnostic(`${requests} answers to wrk, ${answers.right} to others; ${commands} presses, ` +
        `${settings} settings; messages of the streams: ${streams.map((s) => s.messages)}`);
    assert.ok(requests > 0);
    assert.equal(wrong, 0);
    assert.deepEqual(answers.wrong, []);
    streams.forEach((s) => assert.equal(s.wrong, 0));
    return { runs: after.runs - before.runs, skips: after.skips - before.skips,
        late_us: after.late_us_longest, pressed, settings };
}

const told = ({ runs, skips, late_us: late }) =>
    `rainbow: ${runs} frames, ${skips} missed, at most ${late} us late`;

// On the chip time is the device's own, so this is exact.
async function chipRound(device, streams, t) {
    const seen = await underLoad(device, streams, t);
    t.diagnostic(told(seen));
    assert.equal(seen.skips, 0);
    assert.ok(seen.late_us <= LATE_US_MAX, told(seen));
    assert.ok(Math.min(seen.pressed, seen.settings) >= SECONDS * 1000 / EVERY_MS / 2);
}

// Where the machine takes the processor away from one of two threads, a round says nothing.
const ROUNDS = 3;

async function hostRounds(device, streams, t) {
    for (let i = 0; i < ROUNDS; i++) {
        const sleeper = await startSleeper();
        let slept;
        const seen = await underLoad(device, streams, t)
            .finally(async () => { slept = await sleeper(); });
        t.diagnostic(`${told(seen)}; a bare sleep beside it: ${slept.frames}, ${slept.missed} ` +
            `missed, ${slept.late_us} us; the sleep ${slept.realTime ? 'with' : 'without'} ` +
            'real-time priority');
        if (seen.skips <= slept.missed) return;
    }
    assert.fail(`in each of ${ROUNDS} rounds it missed more frames than a bare sleep`);
}

test('the rainbow misses no frame under load', { skip: missing() }, async (t) => {
    const device = await start({ seconds: 4 * SECONDS + 60,
        emulator: ['--strip', '2', ...storm()] });
    t.after(() => device.stop());
    const streams = [...Array.from({ length: LOAD.sockets }, () => listen(device.port)),
        ...Array.from({ length: LOAD.streams }, () => watch(device.port))];
    await eventually('all streams speak', () => streams.every((s) => s.messages > 0));

    await (isEmulated ? chipRound : hostRounds)(device, streams, t);
    await eventually('a press', () => /^Button 0: /m.test(device.output()));

    streams.forEach((s) => s.close());
    const ask = client(device.port);
    await eventually('all streams have left',
        async () => (await json(ask, '/api/loops')).figures.yoke_http_streams === 0);
    assert.equal(await device.stop(), 0);
});
