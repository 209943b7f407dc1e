// Buttons that bounce, pressed from outside: interrupt, debounce and events, as on the board.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Random } from '../../tools/emu/random.js';
import { problems, program, texts } from './firmware.js';

const BOUNCE_MS = 6;
const BEAT_NANOS = 1e6;

/** Contacts that meet (or part) at `ms`, and do so a few times more until they have. */
function bounce(machine, random, pin, ms, level) {
    const times = Array.from({ length: 2 * Math.floor(random.next() * 20) }, () =>
        ms + random.next() * BOUNCE_MS,
    ).sort((a, b) => a - b);
    times.forEach((at, i) =>
        machine.at(at, () => machine.setPin(pin, i % 2 === 0 ? level : other(level))),
    );
    machine.at(ms + BOUNCE_MS, () => machine.setPin(pin, level));
}

const other = (level) => (level === false ? undefined : false);

function press(machine, random, pin, ms, forMs) {
    bounce(machine, random, pin, ms, false);
    bounce(machine, random, pin, ms + forMs, undefined);
}

test('presses of two bouncing buttons, and a beat that does not notice', () => {
    for (let seed = 0; seed < 5; seed++) {
        const machine = program('buttons', { seed });
        const random = new Random(seed + 1);
        const steps = machine.watch('beat_step');
        press(machine, random, 20, 100, 120);
        press(machine, random, 21, 150, 1000);
        press(machine, random, 20, 800, 100);
        press(machine, random, 20, 1000, 100);
        machine.press(20, 1600, 30); // a spike
        press(machine, random, 20, 2000, 5200);
        machine.run(8000);
        const kinds = texts(machine)
            .map((text) => text.replace(/,.*/, ''))
            .filter((text) => !text.includes('repeat'));
        assert.deepEqual(
            kinds,
            ['0 short', '1 long', '0 double', '1 released', '0 long', '0 access point'],
            `seed ${seed}`,
        );
        const repeats = texts(machine).filter((text) => text.startsWith('0 repeat'));
        assert.equal(repeats.length, 15, `seed ${seed}`); // (5200 - 600) / 300
        const first = steps[1].ns;
        steps.slice(1).forEach(({ ns }, i) => {
            const late = ns - first - i * BEAT_NANOS;
            assert.ok(Math.abs(late) <= 5000, `seed ${seed}: step ${i} is ${late} ns late`);
        });
        assert.deepEqual(problems(machine), []);
    }
});
