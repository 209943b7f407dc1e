// Interrupts and hours: the app loop's beat under a storm of edges; sleep across the timer's wrap.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Random } from '../../tools/emu/random.js';
import { problems, program, texts } from './firmware.js';

const PIN = 20;
const BEAT_NANOS = 1e6;

// How late each step is, in us, beside the grid of the step that was least late.
function lateness(stamps) {
    const phases = stamps.map(({ ns }, i) => ns - i * BEAT_NANOS);
    const grid = Math.min(...phases);
    return phases.map((phase) => (phase - grid) / 1000);
}

test('a storm of button edges: every edge is counted, no beat is missed', () => {
    const machine = program('storm');
    const random = new Random(3);
    let edges = 0;
    for (let ms = 10; ms < 190; ms += 0.005 + random.next() * 0.1) {
        const level = edges++ % 2 === 1;
        machine.at(ms, () => machine.setPin(PIN, level));
    }
    const steps = machine.watch('storm_step');
    machine.run(320);
    assert.ok(edges > 2000);
    assert.equal(texts(machine)[2], `${edges} edges, seen to ${edges}, fine`);
    assert.ok(steps.length >= 315);
    assert.ok(steps.every(({ core }) => core === 1));
    const latest = Math.max(...lateness(steps.slice(1)));
    assert.ok(latest <= 5, `${latest} us late`);
    assert.deepEqual(problems(machine), []);
});

test('three hours of sleep, across the wrap of the 32-bit timer', () => {
    const machine = program('sleeper', { micros: 2 ** 32 - 1800e6 });
    const steps = machine.watch('sleeper_step');
    machine.run(3 * 3600 * 1000 + 1000);
    assert.equal(machine.chip.timer.readUint32(0x24), 3); // how often it has wrapped
    assert.deepEqual(
        texts(machine),
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `nap ${n}, in time`),
    );
    assert.equal(steps.length, 109);
    const gaps = steps.slice(1).map(({ ns }, i) => ns - steps[i].ns);
    assert.ok(gaps.every((gap) => Math.abs(gap - 100e9) < 5000), `${gaps}`);
    assert.deepEqual(problems(machine), []);
});
