// Settings survive resets of the chip; while they are written, and the store is filled and wrapped,
// core 1 keeps its beat; after a factory reset nothing of them is left in the flash.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { problems, program, texts } from './firmware.js';

const numbers = (line) => line.match(/\d+/g).map(Number);

test('set, flush, reset, read; fill and wrap; factory reset', () => {
    const machine = program('settings');
    assert.ok(machine.runUntilLine('end', { withinMs: 6000 }), texts(machine).join('\n'));
    const lines = texts(machine);
    assert.deepEqual(
        lines.filter((line) => line.startsWith('open')),
        [
            'open 0: starts 0, level 7, name yoke, secret ',
            'open 0: starts 1, level -42, name porch, secret correct horse',
            'open 0: starts 2, level 1, name porch, secret correct horse',
            'open 0: starts 3, level 7, name yoke, secret ',
        ],
    );
    const work = lines.filter((line) => line.includes('batches')).map(numbers);
    assert.deepEqual(
        work.map(([batches, failures]) => [batches, failures]),
        [
            [1, 0],
            [301, 0],
            [2, 0],
        ],
    );
    assert.ok(work[1][2] >= 2, 'it has wrapped');
    lines
        .filter((line) => line.startsWith('core 1'))
        .forEach((line) => {
            const [, skips, late] = numbers(line);
            assert.equal(skips, 0);
            assert.ok(late <= 10, line);
        });
    const wear = lines.filter((line) => line.startsWith('damaged')).map(numbers);
    wear.forEach(([damaged, first, second]) => {
        assert.equal(damaged, 0);
        assert.ok(Math.abs(first - second) <= 1);
    });
    assert.deepEqual(problems(machine), []);
});
