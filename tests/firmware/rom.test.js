// The emulator's own boot ROM, as pico-sdk uses it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { problems, program } from './firmware.js';

const machine = program('rom');
const why = machine.run(200);

const view = (name) => new DataView(machine.bytes(name).buffer);
const list = (name, size, method) => {
    const data = view(name);
    return Array.from({ length: data.byteLength / size }, (_, i) => data[method](i * size, true));
};

test('it ends in the USB boot loader', () => {
    assert.equal(machine.read32('done'), 1);
    assert.match(why, /reset_usb_boot/);
    assert.deepEqual(problems(machine), []);
});

test('floats and doubles', () => {
    const single = [1.25, 3.75, -3.125, -2, Math.sqrt(2.5), Math.sin(2.5), 0x00f01230, 2.5];
    assert.deepEqual(list('floats', 4, 'getFloat32'), single.map(Math.fround));
    const double = [1.25, 3.75, -3.125, -2, Math.sqrt(2.5), Math.exp(2.5), 0x00f01230, 2.5];
    assert.deepEqual(list('doubles', 8, 'getFloat64'), double);
});

test('conversions and comparisons', () => {
    assert.deepEqual(list('integers', 4, 'getInt32'), [-1, -1250, 1, 0, 1, 2500, 25000000, 1]);
});

test('bits', () => {
    assert.deepEqual(list('bits', 4, 'getUint32'), [8, 8, 4, 0x0c480f00]);
});

test('memcpy and memset: every length and alignment', () => {
    assert.equal(machine.read32('copied_wrong'), 0);
    assert.equal(machine.read32('set_wrong'), 0);
});
