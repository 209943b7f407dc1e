// Frames for two strips from core 1, one of them of eight lanes, while core 0 erases and programs
// the flash without end: no frame is lost, and each bit keeps to the data sheet.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { problems, program, texts } from './firmware.js';

const PIXELS = 60;
const LANES = 8;
const SHORT = 12;

/** The n-th frame, LED i: as devices.c has it. */
const colour = (n, i) => ({
    r: (n + i) & 255,
    g: (n * 3 + i) & 255,
    b: (i * 7 + n) & 255,
});

const rgb = ({ r, g, b }) => ({ r, g, b });

const runs = new Map();

function ran(seed) {
    if (!runs.has(seed)) {
        runs.set(seed, run(seed));
    }
    return runs.get(seed);
}

function run(seed) {
    const machine = program('devices', { seed });
    const one = machine.strip(2, { profile: 'ws2812b-2017', order: 'GRB' });
    const many = Array.from({ length: LANES }, (_, lane) =>
        machine.strip(6 + lane, { profile: 'sk6812', order: 'GRBW' }),
    );
    assert.ok(machine.runUntilLine('closed', { withinMs: 2000 }), texts(machine).join('\n'));
    return { machine, one, many };
}

test('frames go out while the flash is written, and none is lost', () => {
    const { machine, one, many } = ran(0);
    const [first, frames, writes, last] = texts(machine);
    assert.equal(first, 'flash 131072, vsys read, strips 0 0');
    const [sent, refused, skips, lateMost] = frames.match(/\d+/g).map(Number);
    assert.ok(sent >= 200, frames);
    assert.deepEqual([refused, skips], [0, 0]);
    assert.ok(lateMost <= 10, frames);
    const [erases, programs, windowMost, mistakes] = writes.match(/\d+/g).map(Number);
    assert.equal(erases, programs);
    assert.ok(erases >= 8 && windowMost >= 45000, writes);
    assert.equal(mistakes, 0);
    assert.ok(machine.read32('in_windows') > sent / 2); // many steps fell into one
    assert.equal(last, 'closed, open again 0');
    assert.equal(one.frames.length, sent);
    assert.deepEqual(one.errors, []);
    many.forEach((wire) => {
        assert.equal(wire.frames.length, sent);
        assert.deepEqual(wire.errors, []);
    });
    assert.deepEqual(problems(machine), []);
});

test('each LED has its colour, in every lane', () => {
    const { one, many } = ran(0);
    [0, 1, 50, 199].forEach((n) => {
        const whole = one.frames[n].pixels.map(rgb);
        assert.deepEqual(whole, Array.from({ length: PIXELS }, (_, i) => colour(n, i)));
        many.forEach((wire, lane) => {
            const expected = Array.from({ length: SHORT }, (_, i) => colour(n, lane * SHORT + i));
            assert.deepEqual(wire.frames[n].pixels.map(rgb), expected);
            wire.frames[n].pixels.forEach(({ w }, i) => {
                assert.equal(w, (n ^ (lane * SHORT + i)) & 255);
            });
        });
    });
});

test('two to seven lanes, which share bytes in their own way', () => {
    for (let lanes = 2; lanes < LANES; lanes++) {
        const machine = program('devices');
        machine.write32('lanes', lanes);
        const wires = Array.from({ length: LANES }, (_, lane) =>
            machine.strip(6 + lane, { profile: 'sk6812', order: 'GRBW' }),
        );
        machine.run(50);
        wires.slice(0, lanes).forEach((wire, lane) => {
            assert.ok(wire.frames.length > 3);
            assert.deepEqual(wire.errors, []);
            const expected = Array.from({ length: SHORT }, (_, i) => colour(3, lane * SHORT + i));
            assert.deepEqual(wire.frames[3].pixels.map(rgb), expected, `lane ${lane} of ${lanes}`);
        });
        wires.slice(lanes).forEach((wire) => assert.equal(wire.frames.length, 0));
    }
});

test('the same with cores of other speed and phase', () => {
    for (let seed = 1; seed <= 3; seed++) {
        const { machine, one } = ran(seed);
        const [, frames, writes] = texts(machine);
        assert.match(frames, /^\d+ frames, 0 refused, 0 skips/, `seed ${seed}`);
        assert.match(writes, / 0 mistakes$/, `seed ${seed}`);
        assert.deepEqual(one.errors, [], `seed ${seed}`);
        assert.deepEqual(problems(machine), [], `seed ${seed}`);
    }
});
