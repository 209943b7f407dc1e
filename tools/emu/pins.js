// The 30 pins of bank 0: what drives each, what level it has, and the interrupts of each core.
//
// A pin's level is its own output while that is enabled, else what is connected to it, else its
// pull resistor. The library knows the outputs (GPIOPin) and the pads.

import { BasePeripheral } from './library.js';

const PINS = 30;
const PAD_RESET = 0x56; // input enabled, pull-down, Schmitt trigger, 4 mA
const CTRL_LAST = 0x0ec;
const INTR = 0x0f0;
const PROC_INTE = [0x100, 0x130];
const DORMANT = 0x160;
const DORMANT_END = 0x190;
const LEVEL_LOW = 1;
const LEVEL_HIGH = 2;
const EDGE_LOW = 4;
const EDGE_HIGH = 8;
const IO_BANK0_IRQ = 13;

export class Pins {
    constructor(chip) {
        this.chip = chip;
        this.levels = 0; // as the cores read them: one bit a pin
        this.connected = new Map(); // pin → level from outside
        this.listeners = []; // (pin, high, ns): a pin's level at the pad has changed
        this.padLevels = 0;
        chip.gpio.forEach((pin) => {
            pin.padValue = PAD_RESET;
            pin.checkForUpdates = () => this.update(pin);
            pin.refreshInput = () => this.update(pin);
        });
    }

    /** Drive a pin from outside, or let go of it (undefined). */
    connect(index, level) {
        if (level === undefined) {
            this.connected.delete(index);
        } else {
            this.connected.set(index, Boolean(level));
        }
        this.update(this.chip.gpio[index]);
    }

    padLevel(pin) {
        if (pin.outputEnable && !pin.outputDisable) {
            return pin.outputValue;
        }
        return this.connected.get(pin.index) ?? (pin.pullupEnabled && !pin.pulldownEnabled);
    }

    update(pin) {
        const bit = 1 << pin.index;
        const level = this.padLevel(pin);
        if (level !== ((this.padLevels & bit) !== 0)) {
            this.padLevels ^= bit;
            this.chip.onEdge(pin.index, level);
        }
        pin.rawInputValue = level;
        const seen = pin.inputValue;
        if (seen !== ((this.levels & bit) !== 0)) {
            this.levels = (this.levels ^ bit) >>> 0;
            this.chip.ioBank.edge(pin.index, seen);
            this.tellInputs(pin);
        }
    }

    // State machines that wait for this pin; PWM that counts its edges.
    tellInputs(pin) {
        this.chip.pio.forEach((pio) => pio.inputChanged(pin.index));
        if (pin.functionSelect === 4) {
            this.chip.pwm.gpioOnInput(pin.index);
        }
    }

    updateAll() {
        this.chip.gpio.forEach((pin) => this.update(pin));
    }
}

/** IO_BANK0: function select, and per core the interrupts of the pins. */
export class IoBank extends BasePeripheral {
    constructor(chip) {
        super(chip, 'IO_BANK0');
        this.chip = chip;
        this.edges = new Uint8Array(PINS);
        this.enabled = [0, 1].map(() => new Uint8Array(PINS + 2));
        this.forced = [0, 1].map(() => new Uint8Array(PINS + 2));
    }

    edge(index, high) {
        this.edges[index] |= high ? EDGE_HIGH : EDGE_LOW;
        this.updateInterrupts();
    }

    raw(index) {
        const high = (this.chip.pins.levels >>> index) & 1;
        return this.edges[index] | (high ? LEVEL_HIGH : LEVEL_LOW);
    }

    updateInterrupts() {
        this.chip.cores.forEach((core, c) => {
            let high = false;
            for (let i = 0; i < PINS; i++) {
                high ||= ((this.raw(i) & this.enabled[c][i]) | this.forced[c][i]) !== 0;
            }
            core.setInterrupt(IO_BANK0_IRQ, high);
        });
    }

    // Eight pins a register, four bits a pin.
    pack(first, of) {
        let value = 0;
        for (let i = 7; i >= 0; i--) {
            value = (value << 4) | (first + i < PINS ? of(first + i) : 0);
        }
        return value >>> 0;
    }

    readUint32(offset) {
        if (offset <= CTRL_LAST) {
            const pin = this.chip.gpio[offset >>> 3];
            return (offset & 4 ? pin.ctrl : pin.status) >>> 0;
        }
        const first = (offset & 0xf) * 2;
        if (offset < PROC_INTE[0] && offset >= INTR) {
            return this.pack(first, (i) => this.raw(i));
        }
        const core = offset >= PROC_INTE[1] ? 1 : 0;
        switch ((offset - PROC_INTE[core]) & ~0xf) {
            case 0x00:
                return this.pack(first, (i) => this.enabled[core][i]);
            case 0x10:
                return this.pack(first, (i) => this.forced[core][i]);
            case 0x20:
                return this.pack(
                    first,
                    (i) => (this.raw(i) & this.enabled[core][i]) | this.forced[core][i],
                );
        }
        if (offset >= DORMANT && offset < DORMANT_END) {
            return 0;
        }
        return super.readUint32(offset);
    }

    writeUint32(offset, value) {
        if (offset <= CTRL_LAST) {
            const pin = this.chip.gpio[offset >>> 3];
            if (offset & 4) {
                pin.ctrl = value;
                this.chip.pins.update(pin);
            }
            return;
        }
        const first = (offset & 0xf) * 2;
        if (offset >= DORMANT && offset < DORMANT_END) {
            return;
        }
        for (let i = 0; i < 8 && first + i < PINS; i++) {
            this.writePin(offset & ~0xf, first + i, (value >>> (4 * i)) & 0xf, i);
        }
        this.updateInterrupts();
    }

    writePin(register, index, value, nibble) {
        switch (register) {
            case INTR: // edges are cleared by writing ones
                this.edges[index] &= ~((this.rawWriteValue >>> (4 * nibble)) & 0xc);
                break;
            case PROC_INTE[0]:
                this.enabled[0][index] = value;
                break;
            case PROC_INTE[0] + 0x10:
                this.forced[0][index] = value;
                break;
            case PROC_INTE[1]:
                this.enabled[1][index] = value;
                break;
            case PROC_INTE[1] + 0x10:
                this.forced[1][index] = value;
                break;
        }
    }
}
