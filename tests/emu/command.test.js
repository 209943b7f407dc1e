// The command: what it prints, and its exit codes.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Screen } from '../../tools/emu/draw.js';
import { build } from './build.js';

const command = fileURLToPath(new URL('../../tools/emu/emu', import.meta.url));

function emu(...words) {
    const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', input: '' });
    return { status, stdout, stderr };
}

test('the UART is standard output; input is typed; 0', () => {
    const { status, stdout } = emu(build('uart'), '--for', '0.02', '--type', 'hi\\n');
    assert.equal(status, 0);
    assert.match(stdout, /^The quick brown fox/);
    assert.match(stdout, /HI\n/);
});

test('--until: 0 when the line comes, 1 when it does not', () => {
    assert.equal(emu(build('uart'), '--until', 'quick', '--for', '1').status, 0);
    const { status, stderr } = emu(build('uart'), '--until', 'slow', '--for', '0.01');
    assert.equal(status, 1);
    assert.match(stderr, /no line with "slow" came/);
});

test('a fault or a warning: 1, and one sentence', () => {
    const fault = emu(build('faults'), '--for', '0.001');
    assert.equal(fault.status, 1);
    assert.match(fault.stderr, /unaligned read .* in test_main/);
    assert.equal(emu(build('faults'), '--for', '0.001', '--faults').status, 0);
    const early = build('divider_early');
    assert.equal(emu(early, '--for', '0.001').status, 1);
    assert.equal(emu(early, '--for', '0.001', '--allow', 'eight cycles').status, 0);
});

test('a strip is decoded, and its bad pulses are a failure', () => {
    const good = emu(build('strip'), '--strip', '2', '--for', '0.003');
    assert.equal(good.status, 0, good.stderr);
    assert.match(good.stderr, /2 frames on pin 2/);
    const bad = emu(build('strip'), '--strip', '2:sk6812', '--for', '0.003');
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /bad pulses/);
});

test('--log: the same log twice', () => {
    const words = [build('strip'), '--watch', 'on_dma', '--for', '0.003', '--seed', '3'];
    const run = () => {
        const path = `${build('strip')}.log`;
        assert.equal(emu(...words, '--log', path).status, 0);
        return readFileSync(path, 'utf8');
    };
    const first = run();
    assert.match(first, /^\d+ 1 enter on_dma$/m);
    assert.match(first, /^\d+ - pin 2 high$/m);
    assert.equal(run(), first);
});

// Run it on a terminal of its own; `typed` is typed when the strip has its row there.
async function onTerminal(line, typed) {
    const child = spawn('script', ['-qec', `stty rows 24 cols 80; ${line}`, '/dev/null']);
    let seen = '';
    child.stdout.on('data', (data) => {
        seen += data;
        if (typed !== '' && seen.includes('\x1b[1;23r')) {
            child.stdin.write(typed);
            typed = '';
        }
    });
    const [status] = await once(child, 'close');
    return { status, seen };
}

test('live: a key presses a button, the strip is drawn, Ctrl-C ends', async () => {
    const path = `${build('pins')}.live`;
    const words = `${command} ${build('pins')} --button 20 --strip 2 --log ${path}`;
    const pressed = await onTerminal(`${words} --for 1`, '\x1b1');
    assert.equal(pressed.status, 0, pressed.seen);
    const log = readFileSync(path, 'utf8');
    assert.match(log, /pin 20 low\n\d+ 1 pin 25 high\n\d+ - pin 20 high\n\d+ 1 pin 25 low\n$/);
    const ended = await onTerminal(words, '\x03');
    assert.equal(ended.status, 0);
    assert.match(ended.seen, /ended: Ctrl-C/);
    const drawing = await onTerminal(`${command} ${build('strip')} --strip 2 --for 0.003`, '');
    assert.match(drawing.seen, /\x1b\[38;2;\d+;\d+;\d+m\u2588/);
});

test('wrong usage: 2; no image: 3; --help: 0', () => {
    for (const line of ['', 'a b', 'a --for', 'a --for x', 'a --pin 40=1', 'a --press 1']) {
        const words = line.split(' ').filter((word) => word !== '');
        const { status, stderr } = emu(...words);
        assert.equal(status, 2, line);
        assert.equal(stderr.split('\n').length, 2);
    }
    assert.equal(emu('no-such-file').status, 3);
    assert.equal(emu(command).status, 3);
    const other = emu(build('uart', 'cortex-m33'));
    assert.equal(other.status, 3);
    assert.match(other.stderr, /RP2350/);
    assert.match(emu('--help').stdout, /^usage:/);
});

function drawn(environment, isTTY = true, rows = 24) {
    let text = '';
    const stream = { isTTY, rows, columns: 80, write: (part) => (text += part) };
    const screen = new Screen(stream, environment, 1);
    screen.open();
    screen.show(0, [{ r: 255, g: 0, b: 7 }, { r: 0, g: 0, b: 0 }]);
    return text;
}

test('drawing: true colour, characters with NO_COLOR, nothing without a terminal', () => {
    assert.match(drawn({ TERM: 'xterm' }), /\x1b\[38;2;255;0;7m█/);
    const plain = drawn({ TERM: 'xterm', NO_COLOR: '1' });
    assert.match(plain, /@ /);
    assert.doesNotMatch(plain, /38;2/);
    assert.equal(drawn({ TERM: 'xterm' }, false), '');
    assert.equal(drawn({ TERM: 'dumb' }), '');
    assert.equal(drawn({ TERM: 'xterm' }, true, 0), ''); // nobody knows how many rows it has
});
