// Start in steps, restart in order, and what the next run knows of the one before it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { problems, program, texts } from './firmware.js';

const [SERVE, ASK_FOR_RESTART, FAIL_CHECK, HANG, FAIL_START] = [0, 1, 2, 3, 4];
const VSYS = 3; // the converter's channel
const VOLTS = 4.2;

const up = ['supervisor started', 'supply started', 'app loop started', 'fate started'];
const down = ['fate stopped', 'app loop stopped', 'supply stopped', 'supervisor stopped'];

function started(what) {
    const machine = program('life');
    machine.setVoltage(VSYS, VOLTS / 3);
    machine.write32('what', what);
    return machine;
}

/** Until it has restarted `times` times and says why the last run began. */
function restart(machine, times) {
    assert.ok(machine.runUntil(() => machine.resets.length === times, { withinMs: 5000 }));
    machine.setVoltage(VSYS, VOLTS / 3);
    machine.run(20);
    return texts(machine).findLast((line) => /started by|restarted/.test(line));
}

test('steps in order; the supply; a restart on command', () => {
    const machine = started(ASK_FOR_RESTART);
    assert.equal(restart(machine, 1), 'restarted on command');
    const [first, ...lines] = texts(machine).slice(0, 10);
    assert.equal(first, 'started by power-on');
    const figures = lines.splice(4, 1)[0];
    assert.deepEqual(lines, [...up, ...down]);
    const [mv, runs] = figures.match(/\d+/g).map(Number);
    assert.ok(Math.abs(mv - VOLTS * 1000) < 20, figures);
    assert.ok(runs >= 5 && runs <= 7, figures);
    assert.deepEqual(problems(machine), []);
});

test('five runs that fail are safe mode: no app loop, and it serves on', () => {
    const machine = started(FAIL_CHECK);
    for (let n = 1; n <= 4; n++) {
        const before = n === 1 ? '1 failed start before it' : `${n} failed starts before it`;
        assert.equal(restart(machine, n), `restarted after a fault; ${before}`);
    }
    const safe = 'restarted after a fault; safe mode after 5 failed starts before it';
    assert.equal(restart(machine, 5), safe);
    machine.write32('what', SERVE);
    machine.run(400); // healthy
    assert.ok(texts(machine).includes('app loop left out in safe mode'));
    assert.match(texts(machine).at(-1), /, 0 runs$/);
    assert.equal(machine.resets.length, 5);
});

test('a platform loop that hangs is seen by the watchdog', () => {
    const machine = started(HANG);
    const line = restart(machine, 1);
    assert.equal(line, 'restarted by the watchdog; 1 failed start before it');
    assert.ok(texts(machine).includes('hangs'));
});

test('a start that fails stops what was started, and counts', () => {
    const machine = started(FAIL_START);
    assert.equal(
        restart(machine, 1),
        'restarted after a failed start; 1 failed start before it',
    );
    assert.deepEqual(texts(machine).slice(1, 9), [
        ...up.slice(0, 3),
        'fate did not start',
        ...down,
    ]);
});

test('it serves on, and the watchdog is fed', () => {
    const machine = started(SERVE);
    machine.run(500);
    assert.equal(machine.resets.length, 0);
    assert.deepEqual(problems(machine), []);
});
