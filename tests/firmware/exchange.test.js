// Phase and speed of the cores: 200 seeds, one result; and a seed twice, byte for byte.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { problems, program, texts } from './firmware.js';

const EXPECTED = [
    'doors heard all',
    'exchanged 200 and 200, 0 and 0 wrong, 0 torn, jobs all there',
    'stopped',
];
const SEEDS = process.env.YOKE_LONG ? 600 : 200;

function ran(seed, record) {
    const machine = program('exchange', { seed, record });
    machine.runUntilLine('stopped', { withinMs: 200 });
    return machine;
}

test(`${SEEDS} seeds, one result`, () => {
    for (let seed = 0; seed < SEEDS; seed++) {
        const machine = ran(seed);
        assert.deepEqual(texts(machine), EXPECTED, `seed ${seed}`);
        assert.deepEqual(problems(machine), [], `seed ${seed}`);
    }
});

test('the same seed, the same log, byte for byte', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => ran(seed, true).log.join('\n'));
    assert.equal(first, again);
    assert.notEqual(first, other);
});
