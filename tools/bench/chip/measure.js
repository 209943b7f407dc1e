// How each kind of figure is taken from a machine. All times are in us unless they say cycles.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Machine, readImage } from '../../emu/machine.js';

const build = fileURLToPath(new URL('../../../build/pico/', import.meta.url));
const programs = `${build}tools/bench/chip/programs/`;
const report = fileURLToPath(new URL('../../../build/report/size.json', import.meta.url));
const PERIOD_US = 10000;
const STRIP_PIN = 2; // frames.c
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

/** {p50, p99, max, count} */
export function summary(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return { p50: at(0.5), p99: at(0.99), max: sorted[sorted.length - 1], count: sorted.length };
}

// The timer's value as a fraction: its microseconds and the part that has passed.
const timerNow = (machine, ns) => (ns - machine.chip.timer.zeroNanos) / 1000;

const stripOf = (machine) => machine.strip(STRIP_PIN, { profile: 'ws2812b-2017', order: 'GRB' });
const numberOf = ({ pixels: [{ r, g, b }] }) => r | (g << 8) | (b << 16);

// Frames that are on the wire, and those between them that are not, by their numbers. A bad pulse
// makes the whole measurement worthless.
function framesOn(wire) {
    if (wire.errors.length !== 0) {
        throw new WrongCount(`strip: ${wire.errors[0].text} (${wire.errors.length} bad pulses)`);
    }
    const numbers = wire.frames.map(numberOf);
    if (numbers.some((number, i) => number <= numbers[i - 1])) {
        throw new WrongCount('strip: a frame came twice');
    }
    const sent = numbers.length;
    return { sent, lost: sent === 0 ? 0 : numbers[sent - 1] + 1 - sent };
}

/** How many of something that comes every 10 ms must have come, but for the start. */
const dueIn = (seconds) => Math.floor((seconds * 1e6) / PERIOD_US - 3);

/**
 * Lateness of Yoke's workers: each entry of the step beside the worker's own release; and the
 * frames that the last worker sends, as they are on the wire.
 */
export function workerLateness(settings, seconds) {
    const machine = start('beat', settings);
    const wire = stripOf(machine);
    const late = [];
    const entered = (core, ns) => {
        const worker = machine.chip.cores[core].registers[0];
        const release = machine.read32(worker + machine.read32('release_offset'));
        let behind = (timerNow(machine, ns) - release) % WRAP;
        if (behind > WRAP / 2) {
            behind -= WRAP;
        }
        late.push(behind < 0 ? behind + PERIOD_US : behind);
    };
    machine.watch('beat_step', entered);
    machine.watch('beat_show', entered);
    machine.run(seconds * 1000);
    finish(machine);
    const missed = Math.max(0, dueIn(seconds) * settings.worker_count - late.length);
    const frames = framesOn(wire);
    frames.lost = Math.max(frames.lost, dueIn(seconds) - frames.sent);
    if (machine.read32('failed_writes') !== 0) {
        throw new WrongCount('beat: a write to flash failed');
    }
    return { ...summary(late), missed, frames, writes: machine.read32('writes') };
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
    const due = dueIn(seconds) * each;
    const missed = late.filter((us) => us >= PERIOD_US).length + Math.max(0, due - late.length);
    return { ...summary(late), missed, writes: machine.read32('writes') };
}

// From each of `begins` to the next of `ends`, in us.
function pairs(name, begins, ends) {
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
        throw new WrongCount(`${name}: only ${took.length} pairs`);
    }
    return summary(took);
}

/** From each mark of one name to the next mark of another. */
export function between(name, from, to, ms, settings) {
    const machine = start(name, settings);
    const begins = machine.watch(from);
    const ends = machine.watch(to);
    machine.run(ms);
    finish(machine);
    return pairs(name, begins, ends);
}

/** From each mark to the next frame that begins on the wire. */
export function untilFrame(name, from, ms) {
    const machine = start(name);
    const wire = stripOf(machine);
    const begins = machine.watch(from);
    machine.run(ms);
    finish(machine);
    framesOn(wire);
    return pairs(name, begins, wire.frames);
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

/** What tools/size has measured: {name: bytes}. */
export function sizes() {
    const rows = JSON.parse(readFileSync(report, 'utf8'));
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Code and constants, as linked, of the object files whose path has one of these texts. */
export function codeOf(name, libraries) {
    const map = readFileSync(`${build}${name}.elf.map`, 'utf8').replace(/^ (\.\S+)\n/gm, ' $1');
    // What was thrown away has the address 0.
    const part = /^ \.(?:text|rodata|time_c)\S*\s+0x(?!0+ )[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$/gm;
    const sizes = [...map.matchAll(part)]
        .filter(([, , file]) => libraries.some((text) => file.includes(text)))
        .map(([, size]) => parseInt(size, 16));
    return sizes.reduce((sum, size) => sum + size, 0);
}
