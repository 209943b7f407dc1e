// How each kind of figure is taken from a machine. All times are in us unless they say cycles.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Machine, readImage } from '../../emu/machine.js';

const built = '../../../build/pico/tools/bench/chip/programs/';
const programs = fileURLToPath(new URL(built, import.meta.url));
const PERIOD_US = 10000;
const WRAP = 2 ** 32;

export class WrongCount extends Error {}

/** A machine that runs one of the programs, with its settings; it must end without problems. */
export function start(name, settings = {}) {
    const machine = new Machine(readImage(`${programs}${name}.elf`), model);
    Object.entries(settings).forEach(([symbol, value]) => machine.write32(symbol, value));
    return machine;
}

export function finish(machine) {
    const problems = machine.problems();
    if (problems.length !== 0) {
        throw new WrongCount(problems.join('; '));
    }
}

/** How the machines are made: {missCycles}. */
export const model = {};

/** Was this program built? */
export const isBuilt = (name) => existsSync(`${programs}${name}.elf`);

/** {p50, p99, max, count} */
export function summary(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return { p50: at(0.5), p99: at(0.99), max: sorted[sorted.length - 1], count: sorted.length };
}

// The timer's value as a fraction: its microseconds and the part that has passed.
const timerNow = (machine, ns) => (ns - machine.chip.timer.zeroNanos) / 1000;

/** Lateness of Yoke's workers: each entry of the step beside the worker's own release. */
export function workerLateness(settings, seconds) {
    const machine = start('beat', settings);
    const late = [];
    machine.watch('beat_step', (core, ns) => {
        const worker = machine.chip.cores[core].registers[0];
        const release = machine.read32(worker + machine.read32('release_offset'));
        let behind = (timerNow(machine, ns) - release) % WRAP;
        if (behind > WRAP / 2) {
            behind -= WRAP;
        }
        late.push(behind < 0 ? behind + PERIOD_US : behind);
    });
    machine.run(seconds * 1000);
    finish(machine);
    const due = Math.floor((seconds * 1e6) / PERIOD_US - 3) * settings.worker_count;
    const missed = Math.max(0, due - late.length);
    return { ...summary(late), missed, writes: machine.read32('writes') };
}

/** Lateness of pico-sdk's repeating alarms: each call beside the grid that they were set to. */
export function timerLateness(settings, seconds) {
    const machine = start('sdk_timer', settings);
    const calls = [];
    machine.watch('timer_step', (core, ns) => calls.push(timerNow(machine, ns)));
    machine.run(seconds * 1000);
    finish(machine);
    const first = machine.read32('start_us');
    const each = settings.worker_count;
    const late = calls.map((t, i) => t - first - Math.floor(i / each) * PERIOD_US);
    const due = Math.floor((seconds * 1e6) / PERIOD_US - 3) * each;
    const missed = late.filter((us) => us >= PERIOD_US).length + Math.max(0, due - late.length);
    return { ...summary(late), missed, writes: machine.read32('writes') };
}

/** From each mark of one name to the next mark of another. */
export function between(name, from, to, ms, settings) {
    const machine = start(name, settings);
    const begins = machine.watch(from);
    const ends = machine.watch(to);
    machine.run(ms);
    finish(machine);
    const took = [];
    let e = 0;
    for (const { ns } of begins) {
        while (e < ends.length && ends[e].ns < ns) {
            e++;
        }
        if (e < ends.length) {
            took.push((ends[e].ns - ns) / 1000);
        }
    }
    if (took.length < 3) {
        throw new WrongCount(`${name}: ${took.length} hand-overs`);
    }
    return summary(took);
}

/** Gaps between entries of a function. */
export function gaps(name, symbol, ms, settings) {
    const machine = start(name, settings);
    const stamps = machine.watch(symbol);
    machine.run(ms);
    finish(machine);
    return summary(stamps.slice(10).map(({ ns }, i) => (ns - stamps[i + 9].ns) / 1000));
}

/** How often a counter counts in a second. */
export function rate(name, symbol, settings) {
    const machine = start(name, settings);
    machine.run(5);
    const before = machine.read32(symbol);
    machine.run(100);
    finish(machine);
    return (machine.read32(symbol) - before) * 10;
}
