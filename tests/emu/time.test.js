// Simulated time: alarms, UART, the strip's wire, determinism.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Wire } from '../../tools/emu/machine.js';
import { WatchedMachine } from '../lib/machines.js';
import { build } from './build.js';

const words = (machine, name, count) =>
    Array.from({ length: count }, (_, i) => machine.read32(name, i));

function checkAlarms(machine) {
    machine.run(20);
    assert.deepEqual(words(machine, 'fired', 4), [50, 50, 50, 50]);
    assert.deepEqual(words(machine, 'core_of', 4), [0, 1, 0, 1]);
    assert.deepEqual(words(machine, 'early', 4), [0, 0, 0, 0]);
    assert.ok(words(machine, 'late_us', 4).every((us) => us <= 1));
    assert.deepEqual(machine.problems(), []);
}

test('alarms: to the core that enabled them, never early', () => {
    checkAlarms(new WatchedMachine(build('alarms')));
});

test('alarms: across the wrap of the 32-bit counter', () => {
    const machine = new WatchedMachine(build('alarms'), { micros: 2 ** 32 - 3000 });
    checkAlarms(machine);
    assert.ok(machine.chip.timer.micros > 2 ** 32);
});

test('a sleeping machine is much faster than its time', () => {
    const machine = new WatchedMachine(build('alarms'));
    machine.run(3 * 3600 * 1000);
    assert.ok(machine.chip.cores[0].instructions < 100000);
    assert.equal(machine.chip.timer.micros, 3 * 3600 * 1e6);
});

// The Cortex-M0+ manual (r0p1, 3.3): 1 each; 10 times 3 less 1, and 1; 2 and 2; 1 on the IO port;
// the library's price of a peripheral; 1; 3, 2 and 2.
test('cycles of instructions, by SysTick', () => {
    const machine = new WatchedMachine(build('cycles'));
    machine.run(1);
    const names = ['nops', 'loop', 'memory', 'sio', 'timer', 'multiply', 'link'];
    assert.deepEqual(
        names.map((name) => machine.read32(name)),
        [4, 30, 4, 1, 4, 1, 7],
    );
    const handler = machine.read32('entry'); // 15, and the reads and writes around it
    assert.ok(handler >= 15 && handler <= 35, `${handler}`);
    assert.equal(machine.read32('ticks'), 10); // in 105 us, every 10 us
    assert.deepEqual(machine.problems(), []);
});

test('UART: bytes take their time, interrupts follow the FIFO', () => {
    const machine = new WatchedMachine(build('uart'));
    machine.run(10);
    const [{ ns, text }] = machine.uartLines;
    assert.equal(text, 'The quick brown fox jumps over the lazy dog, and runs on.');
    const bitNanos = (16 * (67 + 52 / 64) * 1e9) / 125e6;
    const took = (text.length + 1) * 10 * bitNanos;
    assert.ok(ns > took && ns < took + 50000, `${ns}`);
    assert.ok(machine.read32('tx_interrupts') >= 1);
    assert.ok(machine.read32('tx_interrupts') <= 4);
    machine.type('hello 1\n');
    machine.run(10);
    assert.equal(machine.uartLines[1].text, 'HELLO 1');
    assert.equal(machine.read32('rx_interrupts'), 1); // below the mark: one time-out
    assert.deepEqual(machine.problems(), []);
});

test('PIO and DMA: frames on the wire, within the data sheet', () => {
    const machine = new WatchedMachine(build('strip'));
    const wire = machine.strip(2, { order: 'GRB' });
    machine.run(3);
    assert.equal(machine.read32('frames'), 2);
    assert.equal(machine.read32('interrupts'), 2);
    assert.equal(machine.read32('interrupt_core'), 1);
    assert.deepEqual(wire.errors, []);
    const [first, second] = wire.frames.map((frame) => frame.pixels);
    assert.deepEqual(first[3], { g: 0x30, r: 0, b: 3 });
    assert.deepEqual(second[4], { g: 0, r: 0x0f, b: 0xf0 });
    assert.deepEqual(first[19], { g: 0x30, r: 0, b: 19 });
    assert.equal(second.length, 20);
    assert.deepEqual(machine.problems(), []);
});

test('PIO: joined FIFOs take eight words', () => {
    const machine = new WatchedMachine(build('strip'));
    let most = 0;
    const [{ machines }] = machine.chip.pio;
    machine.runUntil(() => {
        most = Math.max(most, machines[0].txFIFO.itemCount);
        return machine.ms > 0.2;
    }, { everyUs: 1 });
    assert.equal(most, 8);
});

test('PIO: one bit takes 1.25 us', () => {
    const machine = new WatchedMachine(build('strip'));
    const rises = [];
    machine.onEdge((pin, high, ns) => high && rises.push(ns), [2]);
    machine.run(1);
    const gaps = rises.slice(1, 24 * 8).map((ns, i) => ns - rises[i]);
    assert.ok(gaps.every((gap) => Math.abs(gap - 1250) < 1));
});

test('a pulse outside the data sheet is seen', () => {
    const machine = new WatchedMachine(build('strip'));
    const wire = machine.strip(2, { profile: 'sk6812' });
    machine.run(3);
    assert.ok(wire.errors.length > 0);
});

// A frame of one pixel, all ones, with one pulse made longer: [high, low] in ns.
function errorsWith(bit, [high, low]) {
    const wire = new Wire({ profile: 'ws2812b' });
    let ns = 1000;
    for (let i = 0; i < 24; i++) {
        const [up, down] = i === bit ? [high, low] : [800, 450];
        wire.edge(true, ns);
        wire.edge(false, ns + up);
        ns += up + down;
    }
    wire.settle(ns + 60000);
    assert.equal(wire.frames.length, 1);
    return wire.errors.map(({ text }) => text);
}

test('the wire: high and low times, and what is no whole pixel', () => {
    assert.deepEqual(errorsWith(-1, []), []);
    assert.deepEqual(errorsWith(5, [960, 450]), ['high for 960 ns']);
    assert.deepEqual(errorsWith(5, [600, 450]), ['high for 600 ns', 'low for 450 ns after a 0']);
    assert.deepEqual(errorsWith(5, [800, 700]), ['low for 700 ns after a 1']);
    const wire = new Wire();
    [1000, 1800].forEach((ns, i) => wire.edge(i === 0, ns));
    wire.settle(100000);
    assert.match(wire.errors[0].text, /1 bits are not a whole number/);
});

function logOf(seed) {
    const machine = new WatchedMachine(build('strip'), { seed, record: true });
    machine.watch('on_dma');
    machine.run(3);
    return machine.log.join('\n');
}

test('the same seed gives the same log, byte for byte; another seed another', () => {
    assert.equal(logOf(5), logOf(5));
    assert.notEqual(logOf(5), logOf(6));
});
