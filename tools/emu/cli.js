// The command: a machine, its console on this terminal, its strips drawn below.

import { createWriteStream } from 'node:fs';
import { Machine, readImage, cycles } from './machine.js';
import { Net, NET_SLICE_MS, Pace } from './net.js';
import { readOptions, UsageError } from './options.js';
import { Screen } from './draw.js';
import { Profile } from './profile.js';

const SLICE_MS = 10; // of simulated time between looks at the terminal
const CTRL_C = 3;
const PRESS_MS = 100; // of a button by its key

const say = (text) => process.stderr.write(`emu: ${text}\n`);

function fail(code, text) {
    say(text);
    process.exit(code);
}

function makeMachine(options) {
    let image;
    try {
        image = readImage(options.image);
    } catch (error) {
        const missing = error.code === 'ENOENT' ? `there is no file ${options.image}` : undefined;
        fail(3, missing ?? error.message);
    }
    const { seed, xip: missCycles, timer: micros } = options;
    const machine = new Machine(image, { seed, missCycles, micros, record: Boolean(options.log) });
    options.set.forEach(({ symbol, value }) => machine.write32(symbol, value));
    options.watch.forEach((name) => machine.watch(name));
    options.pin.forEach(({ pin, level }) => machine.setPin(pin, level));
    options.press.forEach(({ pin, at, length }) => machine.press(pin, at, length));
    options.type.forEach((text) => machine.type(text));
    return machine;
}

function connectStrips(machine, options, screen) {
    return options.strip.map(({ pin, profile, order }, row) => {
        const wire = machine.strip(pin, { profile, order });
        wire.onFrame = ({ pixels }) => screen.show(row, pixels);
        return { pin, wire };
    });
}

// Alt and a digit: the button of that number. True if it was one.
function pressed(machine, buttons, data) {
    const pin = buttons[data.length === 2 && data[0] === 27 ? data[1] - 49 : -1];
    if (pin === undefined) {
        return false;
    }
    machine.press(pin, machine.ms, PRESS_MS);
    return true;
}

function connectConsole(machine, buttons, end) {
    machine.lines[0].onBytes = (byte) => process.stdout.write(Buffer.from([byte]));
    const { stdin } = process;
    if (stdin.isTTY) {
        stdin.setRawMode(true);
    }
    stdin.on('data', (data) => {
        if (stdin.isTTY && data.includes(CTRL_C)) {
            end('Ctrl-C');
            return;
        }
        if (!stdin.isTTY || !pressed(machine, buttons, data)) {
            machine.type(data);
        }
    });
    process.on('SIGINT', () => end('Ctrl-C'));
    process.on('SIGTERM', () => end('SIGTERM'));
}

function connectNetwork(machine, forwards, end) {
    try {
        return new Net(machine, forwards, { onEnd: end });
    } catch (error) {
        return fail(3, error.message);
    }
}

// Run in slices; on a terminal, or with a network, no faster than real time.
async function live(machine, options, state) {
    const limit = options.for === undefined ? Infinity : options.for * 1000;
    const slice = options.net === undefined ? SLICE_MS : NET_SLICE_MS;
    const pace = new Pace(machine);
    let seen = 0;
    while (state.why === undefined) {
        const why = machine.run(Math.min(slice, limit - machine.ms));
        const fresh = machine.uartLines.slice(seen);
        seen += fresh.length;
        if (options.until !== undefined && fresh.some(({ text }) => text.includes(options.until))) {
            state.why = 'until';
        } else if (why !== 'time') {
            state.why = why;
        } else if (machine.ms >= limit - 1e-6) {
            state.why = 'time';
        } else if (machine.chip.cores[0].sleep === 'locked' && !machine.chip.watchdog.enable) {
            state.why = 'core 0 has locked up';
        }
        await (state.realTime ? pace.wait() : new Promise((done) => setImmediate(done)));
    }
}

// One sentence for each thing that must not have happened.
function findings(machine, options, strips, state) {
    const names = (text) => ({ pattern: { test: (key) => key.includes(text) } });
    const allowed = options.allow.map(names);
    const list = machine.problems({ allowed, faults: options.faults });
    strips.forEach(({ pin, wire }) => {
        if (wire.errors.length !== 0) {
            const [{ ns, text }] = wire.errors;
            const count = wire.errors.length;
            list.push(`strip on pin ${pin}: ${text} at cycle ${cycles(ns)} (${count} bad pulses)`);
        }
    });
    if (options.until !== undefined && state.why !== 'until') {
        list.push(`no line with "${options.until}" came`);
    }
    return list;
}

function report(machine, state, strips) {
    const seconds = (performance.now() - state.startedAt) / 1000;
    const million = machine.chip.cores.reduce((sum, core) => sum + core.instructions, 0) / 1e6;
    const frames = strips.map(({ pin, wire }) => `; ${wire.frames.length} frames on pin ${pin}`);
    say(
        `${(machine.ms / 1000).toFixed(3)} s simulated in ${seconds.toFixed(1)} s, ` +
            `${million.toFixed(1)} million instructions${frames.join('')}; ended: ${state.why}`,
    );
}

async function writeLog(machine, path) {
    const text = machine.log.join('\n') + '\n';
    if (path === '-') {
        process.stderr.write(text);
        return;
    }
    const stream = createWriteStream(path);
    await new Promise((done, broken) => stream.on('error', broken).end(text, done));
}

async function main() {
    let options;
    try {
        options = readOptions(process.argv.slice(2));
    } catch (error) {
        if (!(error instanceof UsageError)) {
            throw error;
        }
        fail(2, `${error.message} (--help tells more)`);
    }
    const state = { why: undefined, startedAt: performance.now() };
    const { net: forwards } = options;
    state.realTime = forwards !== undefined || (Boolean(process.stdout.isTTY) && !options.fast);
    const machine = makeMachine(options);
    const profile = options.profile ? new Profile(machine) : null;
    const screen = new Screen(process.stdout, process.env, options.strip.length);
    const strips = connectStrips(machine, options, screen);
    const end = (why) => (state.why = why);
    connectConsole(machine, options.button, end);
    const net = forwards === undefined ? null : connectNetwork(machine, forwards, end);
    screen.open();
    await live(machine, options, state);
    net?.close();
    screen.close();
    if (process.stdin.isTTY) {
        process.stdin.setRawMode(false);
        process.stdout.write('\n');
    }
    if (options.log !== undefined) {
        await writeLog(machine, options.log);
    }
    profile?.lines().forEach((line) => process.stderr.write(`${line}\n`));
    const list = findings(machine, options, strips, state);
    list.forEach(say);
    report(machine, state, strips);
    process.exit(list.length === 0 ? 0 : 1);
}

main().catch((error) => fail(1, error.message));
