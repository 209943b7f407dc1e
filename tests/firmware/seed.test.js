// The seed program, unmodified: the lines that it publishes, in their rhythm.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { app, problems, texts } from './firmware.js';

// Addresses of objects may change.
const plain = (machine) => texts(machine).map((text) => text.replace(/ at [0-9a-f]+>/, ' at …>'));

const worker = (n, count) => `Worker Worker ${n}, <AppWorker object at …>: Run count ${count}`;
const nap = (seconds) => `Main loop work: ${seconds} seconds`;

test('seven seconds of the seed program', () => {
    const machine = app('seed');
    machine.run(7500);
    const lines = plain(machine);
    const of = (pattern) => lines.filter((line) => pattern.test(line));
    assert.deepEqual(lines.slice(0, 3), [
        'Starting event loop thread',
        'Event loop thread running',
        'Starting asyncio main loop',
    ]);
    assert.deepEqual(of(/^Worker/), [
        worker(0, 1),
        worker(1, 1),
        worker(0, 2),
        worker(1, 2),
        worker(0, 3),
        worker(1, 3),
        worker(0, 4),
    ]);
    assert.deepEqual(of(/^Main/), [nap(2), nap(5), nap(2)]);
    assert.equal(lines.length, 13);
    assert.deepEqual(problems(machine), []);
});

test('its shell: a worker is added while the others run; quit ends both loops in order', () => {
    const machine = app('seed');
    assert.ok(machine.runUntilLine('Run count 1'));
    machine.type('add bee\x7fat 10 1\r');
    machine.run(1100);
    assert.ok(machine.uartText.includes('add bee\b \bat 10 1\r\nAdded beat.\r\n'));
    machine.type('workers\r');
    assert.ok(machine.runUntilLine(/^beat +active/, { withinMs: 1500 }));
    machine.press(20, machine.ms, 120);
    assert.ok(machine.runUntilLine(/^Button 0: short, 1\d\d ms/, { withinMs: 1500 }));
    machine.type('boot\r');
    const deep = /^Of its stack core 0 has used (\d+) of \d{4} bytes, core 1 (\d+) of 2048\.$/;
    assert.ok(machine.runUntilLine(deep, { withinMs: 1500 }));
    const [, ...used] = texts(machine).map((text) => text.match(deep)).find((match) => match);
    assert.ok(used[0] > 500 && used[0] < 1700, `core 0: ${used[0]}`);
    assert.ok(used[1] > 100 && used[1] < 1000, `core 1: ${used[1]}`);
    machine.type('quit\r');
    assert.ok(machine.runUntilLine('Stopping event loop thread', { withinMs: 1500 }));
    machine.run(2100);
    assert.equal(machine.chip.cores[0].sleep, 'wfi');
    assert.deepEqual(problems(machine), []);
});
