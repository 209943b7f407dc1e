// A machine: one RP2040 that runs one image, and what is connected to it. This is the front door
// for tests, the bench and the command; README.md shows how to use it.

import { Chip } from './chip.js';
import { EventClock } from './clock.js';
import { XipCache } from './flash.js';
import { Image, readImage } from './image.js';
import { Random } from './random.js';
import { Lines } from './lines.js';
import { Wire } from './ws2812.js';

export { readImage, Image, Wire };

export const CYCLE_NANOS = 8; // of the 125 MHz in which time stamps are counted
const RAM = 0x20000000;
const SPEED_SPREAD = 0.02; // a seed makes each core up to 2 % slower than the clock

/** A time in ns as cycles of 125 MHz since power-on. */
export function cycles(ns) {
    return Math.round(ns / CYCLE_NANOS);
}

export class Machine {
    /**
     * `image`: a path, or what readImage() gave.
     * `seed`: 0 runs both cores at the clock's speed and in step; others vary speed and phase.
     * `missCycles`: what a miss of the XIP cache costs; 0: no cache model.
     * `micros`: where the timer starts, at power-on and after its reset.
     * `record`: keep a log of everything that has a time stamp (`log`).
     */
    constructor(image, { seed = 0, missCycles = 0, micros = 0, record = false } = {}) {
        this.image = typeof image === 'string' ? readImage(image) : image;
        this.seed = seed;
        this.random = new Random(seed);
        this.clock = new EventClock();
        this.faults = [];
        this.warnings = new Map(); // text → {component, text, count, first}
        this.locks = []; // {core, ns}
        this.resets = []; // {ns, reason}
        this.log = record ? [] : null;
        this.watched = new Map(); // address → [callback]
        this.edgeListeners = [];
        this.wires = new Map(); // pin → Wire
        this.lines = [new Lines(this, 0), new Lines(this, 1)];
        this.stopReason = null;
        this.pendingReset = null;
        this.startMicros = micros;
        this.cache = missCycles ? new XipCache(missCycles) : null;
        this.chip = this.makeChip(true);
        this.image.load(this.chip.flashUnit.bytes, this.chip.sram);
        this.chip.ramEntry = this.image.ramEntry;
        this.powerOn();
    }

    // --- making and resetting the chip ----------------------------------------------------------

    makeChip(first) {
        const chip = new Chip(this.clock, this.chipEvents(), new Random(this.seed), first);
        chip.flashUnit.cache = this.cache;
        chip.uart.forEach((uart, i) => {
            uart.onByte = (byte, ns) => this.lines[i].byte(byte, ns);
        });
        return chip;
    }

    chipEvents() {
        return {
            startMicros: this.startMicros,
            onWatch: (core, pc) => this.watched.get(pc)?.forEach((call) => call(core)),
            onEdge: (pin, high) => this.edge(pin, high),
            onFault: (fault) => this.fault(fault),
            onWarning: (warning) => this.warning(warning),
            onLock: (core) => this.lock(core),
            onStop: (reason) => this.stop(reason),
            onSystemReset: (reason) => {
                this.pendingReset = reason;
                this.clock.limit(0);
            },
            onCoreReset: (core) => this.note(core.index, 'reset', 'core'),
        };
    }

    powerOn() {
        const { chip, random } = this;
        if (this.seed !== 0) {
            [0, 1].forEach((i) => chip.setSlowness(i, 1 + random.next() * SPEED_SPREAD));
        }
        chip.rom.boot();
        if (this.seed !== 0) {
            chip.cores.forEach((core) => {
                core.t += random.between(0, 1000) * CYCLE_NANOS;
            });
        }
    }

    // Flash, RAM, the watchdog's scratch registers and what is connected stay; all else is new.
    resetChip() {
        const old = this.chip;
        const reason = this.pendingReset;
        this.pendingReset = null;
        this.clock.time = Math.max(this.clock.time, this.now);
        this.resets.push({ ns: this.clock.time, reason });
        this.note('-', 'reset', reason);
        this.clock.forgetChip();
        const chip = this.makeChip(false);
        this.chip = chip;
        chip.flashUnit.bytes.set(old.flashUnit.bytes);
        chip.flashUnit.counts = old.flashUnit.counts;
        chip.sram.set(old.sram);
        chip.watchdog.scratchData.set(old.watchdog.scratchData);
        chip.watchdog.reason = old.watchdog.reason;
        chip.watchBits.set(old.watchBits);
        chip.ramEntry = old.ramEntry;
        old.pins.connected.forEach((level, pin) => chip.pins.connect(pin, level));
        chip.cores.forEach((core, i) => {
            core.instructions = old.cores[i].instructions;
            core.sleptNanos = old.cores[i].sleptNanos;
            core.t = this.clock.time;
        });
        this.powerOn();
    }

    // --- running --------------------------------------------------------------------------------

    /** Now, in ns since power-on. */
    get now() {
        const running = this.chip.cores.filter((core) => core.runnable).map((core) => core.t);
        const t = running.length === 0 ? this.clock.time : Math.min(...running);
        return Math.max(t, this.clock.time);
    }

    get ms() {
        return this.now / 1e6;
    }

    stop(reason) {
        this.stopReason ??= reason;
        this.clock.limit(0);
    }

    /** Run to this time in ns. Answers why it stopped: 'time', or what stop() was given. */
    runTo(limit) {
        const { clock } = this;
        this.stopReason = null;
        while (this.stopReason === null) {
            if (this.pendingReset !== null) {
                this.resetChip();
            }
            const core = earlier(this.chip.cores[0], this.chip.cores[1]);
            const next = clock.nextNanos;
            const t = core === null ? Infinity : core.t;
            if (Math.min(next, t) >= limit) {
                clock.time = Math.max(clock.time, limit);
                this.stopReason = 'time';
            } else if (next <= t) {
                clock.runFirst();
            } else {
                clock.horizon = Math.min(limit, next);
                execute(clock, this.chip.cores[0], this.chip.cores[1]);
            }
        }
        this.settle();
        return this.stopReason;
    }

    /** Run for so many milliseconds of simulated time. */
    run(ms) {
        return this.runTo(this.now + ms * 1e6);
    }

    /**
     * Run until `condition()` is true; it is asked every `everyUs`. Answers whether it came true
     * within `withinMs` of simulated time.
     */
    runUntil(condition, { withinMs = 10000, everyUs = 100 } = {}) {
        const end = this.now + withinMs * 1e6;
        while (!condition()) {
            if (this.now >= end || this.runTo(Math.min(end, this.now + everyUs * 1e3)) !== 'time') {
                return condition();
            }
        }
        return true;
    }

    /** Run until a line of UART 0 matches; answers the line, or undefined after `withinMs`. */
    runUntilLine(pattern, { withinMs = 10000, uart = 0, from = 0 } = {}) {
        const { lines } = this.lines[uart];
        const matches = (line) =>
            typeof pattern === 'string' ? line.text.includes(pattern) : pattern.test(line.text);
        let seen = from;
        let found;
        const look = () => {
            for (; found === undefined && seen < lines.length; seen++) {
                found = matches(lines[seen]) ? lines[seen] : undefined;
            }
            return found !== undefined;
        };
        this.runUntil(look, { withinMs });
        return found;
    }

    /** Call this at a simulated time (ms since power-on); it survives resets of the chip. */
    at(ms, call) {
        this.clock.createAlarm(call, true).at(ms * 1e6);
    }

    // --- what is connected ----------------------------------------------------------------------

    /** Lines that UART 0 has sent: [{ns, text}]. */
    get uartLines() {
        return this.lines[0].lines;
    }

    /** All that UART 0 has sent. */
    get uartText() {
        return this.lines[0].text;
    }

    /** Send these bytes to a UART, at its baud rate. */
    type(text, uart = 0) {
        this.lines[uart].type(text);
    }

    /** Drive a pin from outside: true, false, or let go (undefined). */
    setPin(pin, level) {
        this.chip.pins.connect(pin, level);
    }

    /** A button that connects a pin to ground, pressed at a time (ms) for so long. */
    press(pin, atMs, forMs) {
        this.at(atMs, () => this.setPin(pin, false));
        this.at(atMs + forMs, () => this.setPin(pin, undefined));
    }

    /** The voltage at an ADC channel, 0 to 3.3. */
    setVoltage(channel, volts) {
        this.chip.adc.channelValues[channel] = Math.round((volts / 3.3) * 4095);
    }

    /** A strip on a pin: answers its wire, which collects frames and timing errors. */
    strip(pin, options) {
        const wire = new Wire(options);
        this.wires.set(pin, wire);
        return wire;
    }

    /** Call back with (pin, high, ns) at each change of level at the pads; `pins`: only these. */
    onEdge(call, pins = null) {
        this.edgeListeners.push({ call, pins });
    }

    edge(pin, high) {
        const ns = this.clock.nanos;
        this.wires.get(pin)?.edge(high, ns);
        this.edgeListeners.forEach(({ call, pins }) => {
            if (pins === null || pins.includes(pin)) {
                call(pin, high, ns);
            }
        });
        this.note(this.clock.core?.index ?? '-', 'pin', `${pin} ${high ? 'high' : 'low'}`);
    }

    settle() {
        this.wires.forEach((wire) => wire.settle(this.now));
    }

    // --- looking inside -------------------------------------------------------------------------

    /** The address that a symbol's name, or a number, stands for. */
    address(what) {
        return typeof what === 'number' ? what : this.image.symbol(what).address;
    }

    /**
     * Call back with (core, ns) whenever a core comes to this function or address. Without a
     * callback, answers an array that fills with {ns, core}.
     */
    watch(what, call) {
        const address = this.address(what) & ~1;
        const stamps = [];
        const name = typeof what === 'string' ? what : this.image.describe(address);
        const list = this.watched.get(address) ?? [];
        list.push((core) => {
            this.note(core.index, 'enter', name);
            stamps.push({ ns: core.t, core: core.index });
            call?.(core.index, core.t);
        });
        this.watched.set(address, list);
        this.chip.watchBits[(address >>> 1) & 0xffff] = 1;
        return stamps;
    }

    /** Bytes of RAM or flash, by symbol or address. */
    bytes(what, length = this.image.symbol(what).size) {
        const address = this.address(what);
        const [memory, base] =
            address >= RAM ? [this.chip.sram, RAM] : [this.chip.flashUnit.bytes, 0x10000000];
        return memory.slice(address - base, address - base + length);
    }

    read32(what, index = 0) {
        const bytes = this.bytes(this.address(what) + 4 * index, 4);
        return new DataView(bytes.buffer).getUint32(0, true);
    }

    write32(what, value) {
        new DataView(this.chip.sram.buffer).setUint32(this.address(what) - RAM, value, true);
    }

    // --- what went wrong ------------------------------------------------------------------------

    fault(fault) {
        this.faults.push(fault);
        this.note(fault.core, 'fault', this.describeFault(fault));
    }

    describeFault({ kind, address, pc }) {
        const at = `0x${address.toString(16).padStart(8, '0')}`;
        return `${kind} (${at}) in ${this.image.describe(pc)}`;
    }

    warning({ component, text, core, pc, ns }) {
        const key = `${component}: ${text}`;
        const known = this.warnings.get(key);
        if (known !== undefined) {
            known.count++;
            return;
        }
        const first = { core, ns, where: pc === undefined ? '' : this.image.describe(pc) };
        this.warnings.set(key, { component, text, count: 1, first });
        this.note(core ?? '-', 'warning', key);
    }

    lock(core) {
        this.locks.push({ core: core.index, ns: core.t });
        this.note(core.index, 'locked up', this.image.describe(core.at));
    }

    /**
     * What must not have happened, one sentence each: warnings that no pattern of `allowed` names
     * and, unless `faults` is true, faults.
     */
    problems({ allowed = [], faults = false } = {}) {
        const warnings = [...this.warnings]
            .filter(([key]) => !allowed.some(({ pattern }) => pattern.test(key)))
            .map(([key, { count, first }]) => `${key} (${count} times, first in ${first.where})`);
        const faulted = this.faults.map(
            (fault) => `core ${fault.core} at ${cycles(fault.ns)}: ${this.describeFault(fault)}`,
        );
        return faults ? warnings : [...faulted, ...warnings];
    }

    note(who, what, detail) {
        this.log?.push(`${cycles(this.clock.nanos)} ${who} ${what} ${detail}`);
    }
}

// Let the cores execute up to the clock's horizon. A fault ends the round.
function execute(clock, zero, one) {
    try {
        if (zero.waiting) {
            alone(clock, one);
        } else if (one.waiting) {
            alone(clock, zero);
        } else {
            together(clock, zero, one);
        }
    } catch (error) {
        clock.core.onThrow(error);
    }
    clock.core = null;
}

function alone(clock, core) {
    clock.core = core;
    do {
        core.step();
    } while (core.t < clock.horizon && !core.waiting);
}

function together(clock, zero, one) {
    while (!zero.waiting && !one.waiting) {
        const core = zero.t <= one.t ? zero : one;
        if (core.t >= clock.horizon) {
            return;
        }
        clock.core = core;
        core.step();
    }
}

// Which core is to run: the one that is behind; of two at the same time, core 0.
function earlier(zero, one) {
    if (zero.waiting) {
        return one.waiting ? null : one;
    }
    return one.waiting || zero.t <= one.t ? zero : one;
}
