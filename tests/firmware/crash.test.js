// What core 1 must not do, it does: the run ends, and the next one tells how.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { program, texts } from './firmware.js';

const MISTAKES = [
    ['reads flash', 1, /exception at [0-9a-f]{8}/, /read of guarded flash/],
    ['runs code in flash', 2, /exception at 1000[0-9a-f]{4}/, /read of guarded flash/],
    ['reads an odd address', 3, /exception at [0-9a-f]{8}/, /unaligned read/],
    ['overflows its stack', 4, /its stack overflowed$/, /write to a guarded area/],
    ['fails a check', 5, /check crash 5 failed$/, null],
];

MISTAKES.forEach(([name, what, told, fault]) => {
    test(`core 1 ${name}: the chip restarts and tells`, () => {
        const machine = program('crash', { faults: fault !== null });
        machine.write32('what', what);
        assert.ok(machine.runUntil(() => machine.resets.length === 1, { withinMs: 20 }));
        machine.write32('what', 0);
        machine.run(60);
        const lines = texts(machine);
        assert.deepEqual([lines[0], ...lines.slice(2)], ['started', 'started', 'alive']);
        assert.match(lines[1], /^yoke: the last run ended on core 1: /);
        assert.match(lines[1], told);
        assert.equal(machine.resets.length, 1);
        assert.deepEqual(machine.locks, []);
        assert.equal(machine.faults.length, fault === null ? 0 : 1);
        if (fault !== null) {
            assert.match(machine.faults[0].kind, fault);
            assert.equal(machine.faults[0].core, 1);
        }
    });
});
