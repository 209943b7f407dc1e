// Core 1 dies in each of the ways that it can: it alone is reset, and comes back within a
// millisecond without the worker that it was in, while core 0 goes on.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { program, texts } from './firmware.js';

const PERIOD_NS = 5e6;
const BACK_NS_MAX = 1e6;

const DID_NOT_COME_BACK = /^core 1 stopped in bad, which did not come back; restart 1/;
const EXCEPTION = /^core 1 stopped in bad, which caused an exception \(0 at [0-9a-f]+\); restart 1/;
const STACK = /^core 1 stopped in bad, whose stack overflowed; restart 1/;

const DEATHS = [
    ['does not come back', 1, DID_NOT_COME_BACK, null],
    ['does not come back and holds the lock', 2, DID_NOT_COME_BACK, null],
    ['faults while a frame goes out by DMA', 3, EXCEPTION, /unaligned write/],
    ['faults and holds the lock', 4, EXCEPTION, /unaligned write/],
    ['overflows its stack', 5, STACK, /write to a guarded area/],
    ['dies in strip_show()', 6, DID_NOT_COME_BACK, null],
];

/** The longest that core 0's task of one millisecond was not run, in ns. */
function longestPause(beats, from, to) {
    const inside = beats.map(({ ns }) => ns).filter((ns) => ns > from && ns < to);
    return Math.max(...inside.slice(1).map((ns, i) => ns - inside[i]));
}

DEATHS.forEach(([name, how, told, fault]) => {
    test(`core 1 ${name}`, () => {
        const machine = program('deaths', { faults: fault !== null });
        machine.write32('how', how);
        const wire = machine.strip(2, { profile: 'ws2812b-2017', order: 'GRB' });
        const resets = machine.watch('core_reset');
        const steps = machine.watch('frame_step');
        const beats = machine.watch('beat_body');
        assert.ok(machine.runUntilLine('before', { withinMs: 600 }), texts(machine).join('\n'));
        const lines = texts(machine);
        assert.equal(lines[0], 'started, strip 0');
        assert.match(lines[1], told);
        assert.match(lines[1], /; removed bad$/);
        assert.equal(lines[2], 'alive: 1 restarts, bad made 5 steps');
        assert.match(lines[3], /^bad may come back: 1[345] steps$/);

        assert.equal(resets.length, 1);
        const { ns } = resets[0];
        const back = steps.find((step) => step.ns > ns);
        assert.ok(back.ns - ns < BACK_NS_MAX, `${back.ns - ns} ns`);
        assert.ok(longestPause(beats, 3e6, 299e6) < 2e6); // core 0 went on, also in its lock
        const after = wire.frames.filter((frame) => frame.ns > ns && frame.ns < ns + 200e6);
        assert.ok(after.length >= 200e6 / PERIOD_NS - 3, `${after.length} frames`);
        assert.deepEqual(wire.errors, []);
        assert.deepEqual([...new Set(wire.frames.map(({ bytes }) => bytes.length))], [90]);

        assert.match(lines[4], new RegExp(`^before: ${told.source.slice(1)}`)); // after the reset
        assert.equal(machine.resets.length, 1);
        assert.deepEqual(machine.locks, []);
        assert.equal(machine.faults.length, fault === null ? 0 : 1);
        if (fault !== null) {
            assert.match(machine.faults[0].kind, fault);
        }
    });
});

test('a worker that kills core 1 at each start: after five restarts it stays off', () => {
    const machine = program('deaths', { faults: true });
    machine.write32('how', 7);
    const wire = machine.strip(2, { profile: 'ws2812b-2017', order: 'GRB' });
    const resets = machine.watch('core_reset');
    const beats = machine.watch('beat_body');
    assert.ok(machine.runUntilLine('may come back', { withinMs: 600 }), texts(machine).join('\n'));
    const lines = texts(machine);
    assert.match(lines[1], /exception .*; after 5 restarts it stays off; removed bad$/);
    assert.equal(lines[2], 'alive: 5 restarts, bad made 6 steps');
    assert.equal(resets.length, 6);
    assert.ok(longestPause(beats, 3e6, 299e6) < 2e6); // core 0 went on
    const from = resets.at(-1).ns;
    assert.equal(wire.frames.filter(({ ns }) => ns > from + 1e6 && ns < 300e6).length, 0);
    assert.match(lines[3], /^bad may come back: 1[4567] steps$/); // started by hand
    assert.ok(wire.frames.filter(({ ns }) => ns > 300e6).length >= 8);
    assert.ok(machine.runUntilLine(/^before: .*; after 5 restarts it stays off$/));
});

test('core 1 dies at 30 other moments, by the phase of the cores', () => {
    for (let seed = 1; seed <= 30; seed++) {
        const machine = program('deaths', { seed, faults: true });
        machine.write32('how', 1 + (seed % 6));
        assert.ok(machine.runUntilLine('alive', { withinMs: 400 }), `seed ${seed}`);
        const line = texts(machine).at(-1);
        assert.equal(line, 'alive: 1 restarts, bad made 5 steps', `seed ${seed}`);
    }
});
