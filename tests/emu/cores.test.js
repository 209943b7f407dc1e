// Two cores: how core 1 starts, events, dividers, locks.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { WatchedMachine } from '../lib/machines.js';
import { build } from './build.js';

function ran(name, ms, options) {
    const machine = new WatchedMachine(build(name), options);
    machine.run(ms);
    return machine;
}

const words = (machine, name, count) =>
    Array.from({ length: count }, (_, i) => machine.read32(name, i));

test('core 1 starts from power-on, and again after each reset; locks survive', () => {
    const machine = ran('handshake', 5);
    assert.deepEqual(words(machine, 'ran', 3), [1, 1, 1]);
    assert.deepEqual(words(machine, 'cpu', 3), [1, 1, 1]);
    assert.equal(machine.read32('lock_seen'), 1);
    assert.equal(machine.read32('echoed'), 42);
    assert.deepEqual(machine.problems(), []);
});

test('the hand-shake works at any phase and speed of the cores', () => {
    for (let seed = 1; seed <= 50; seed++) {
        const machine = ran('handshake', 5, { seed });
        assert.equal(machine.read32('echoed'), 42, `seed ${seed}`);
    }
});

test('events: kept, counted once, told apart from interrupts', () => {
    const machine = ran('events', 20);
    const value = (name) => machine.read32(name);
    assert.equal(value('kept'), 1);
    assert.deepEqual([value('pings'), value('pongs')], [1000, 1000]);
    assert.equal(value('wfi_ended'), 1);
    assert.equal(value('sevonpend_ended'), 1);
    assert.ok(value('plain_wfe_us') < 5);
    assert.deepEqual(machine.problems(), []);
});

test('each core has its own divider', () => {
    const machine = ran('divider', 5);
    assert.deepEqual(words(machine, 'divided', 2), [500, 500]);
    assert.deepEqual(words(machine, 'wrong', 2), [0, 0]);
    assert.equal(machine.read32('negative') | 0, -14);
    assert.equal(machine.read32('negative_rest') | 0, -2);
    assert.equal(machine.read32('by_zero'), 0xffffffff);
    assert.equal(machine.read32('minimum'), 0x80000000);
    assert.deepEqual(machine.problems(), []);
});

test('a divider that is read too early is a warning', () => {
    const machine = ran('divider_early', 1, { warnings: [/eight cycles/] });
    assert.equal(machine.problems().length, 1);
    assert.match(machine.problems()[0], /eight cycles/);
});

test('the cores interleave: without a lock, additions are lost; with a spin lock, none', () => {
    const machine = ran('race', 5);
    assert.equal(machine.read32('done'), 2);
    assert.equal(machine.read32('locked'), 2000);
    assert.ok(machine.read32('unlocked') < 2000);
});
