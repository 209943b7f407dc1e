// What must fail does: unaligned access, flash while it is busy, guards; and resets.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { WatchedMachine } from '../lib/machines.js';
import { build } from './build.js';

const KINDS = [
    /unaligned read/,
    /unaligned write/,
    /read of an address where nothing is/,
    /undefined instruction/,
    /breakpoint 3/,
    /write to a guarded area/,
    /write to flash through the XIP window/,
    /read of guarded flash/,
    /write to a guarded area/, // by the stack
    /branch to ARM code/,
];

KINDS.forEach((kind, which) => {
    test(`HardFault ${which}: ${kind.source}`, () => {
        const machine = new WatchedMachine(build('faults'), { faults: true });
        machine.write32('which', which);
        machine.run(1);
        assert.equal(machine.read32('faults'), 1);
        assert.equal(machine.faults.length, 1);
        assert.match(machine.faults[0].kind, kind);
        if (which !== 8) {
            assert.equal(machine.read32('stacked_pc'), machine.faults[0].pc);
        }
        assert.deepEqual(machine.locks, []);
        assert.equal(machine.read32('came_back'), which === 5 ? 1 : 0);
    });
});

test('flash: erase and program take their time while core 1 goes on in RAM', () => {
    const machine = new WatchedMachine(build('busy'));
    machine.run(60);
    assert.equal(machine.read32('erase_us'), 45000);
    assert.equal(machine.read32('program_us'), 400);
    assert.ok(machine.read32('counted_during_erase') > 100000);
    assert.equal(machine.read32('erased'), 0xffffffff);
    assert.equal(machine.read32('programmed'), 0xfcfdfeff);
    assert.deepEqual(machine.problems(), []);
});

test('flash: one read by core 1 while it is busy is a fault', () => {
    const machine = new WatchedMachine(build('busy'), { faults: true });
    machine.write32('leak', 1);
    machine.run(60);
    assert.equal(machine.read32('faults'), 1);
    assert.equal(machine.faults.length, 1);
    const [{ core, kind, address }] = machine.faults;
    assert.deepEqual([core, address], [1, 0x10020000]);
    assert.match(kind, /flash is busy|XIP is off/);
    assert.match(machine.problems()[0], /in core1/);
});

test('the XIP cache makes code in flash slower, and code in RAM not', () => {
    const cycles = (missCycles) => {
        const machine = new WatchedMachine(build('race'), { missCycles });
        machine.runUntil(() => machine.read32('done') === 2, { everyUs: 1 });
        return machine.now;
    };
    assert.ok(cycles(40) > cycles(0));
});

test('watchdog: by time and by force; scratch registers and RAM survive', () => {
    const machine = new WatchedMachine(build('watchdog'));
    machine.run(10);
    const words = (name) => [0, 1, 2].map((i) => machine.read32(name, i));
    assert.equal(machine.read32('starts'), 3);
    assert.deepEqual(words('reasons'), [0, 1, 2]);
    assert.deepEqual(words('scratch_seen'), [0, 100, 101]);
    assert.equal(machine.resets.length, 2);
    const [{ ns }] = machine.resets;
    assert.ok(ns > 1e6 && ns < 1.1e6, `${ns}`);
    assert.deepEqual(machine.problems(), []);
});

test('pins: pull-up, button, interrupt to core 1, output read back', () => {
    const machine = new WatchedMachine(build('pins'));
    const edges = [];
    machine.onEdge((pin, high) => edges.push(`${pin}${high ? '+' : '-'}`), [20, 25]);
    machine.press(20, 2, 1);
    machine.run(5);
    assert.equal(machine.read32('idle_level'), 1);
    assert.equal(machine.read32('read_back'), 1);
    const names = ['presses', 'releases', 'press_core', 'wrong_core'];
    assert.deepEqual(names.map((name) => machine.read32(name)), [1, 1, 1, 0]);
    assert.deepEqual(edges.slice(-4), ['20-', '25+', '20+', '25-']);
    assert.deepEqual(machine.problems(), []);
});
