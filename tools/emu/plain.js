// Registers that remember what is written, for blocks whose effect does not matter here.

import { BasePeripheral } from './library.js';

export class PlainRegisters extends BasePeripheral {
    /** `initial`: {offset: value}; `fixed`: what is read whatever was written. */
    constructor(chip, name, { initial = {}, fixed = {}, onWrite = () => {} } = {}) {
        super(chip, name);
        this.values = { ...initial };
        this.fixed = fixed;
        this.onWrite = onWrite;
    }

    readUint32(offset) {
        return (this.fixed[offset] ?? this.values[offset] ?? 0) >>> 0;
    }

    writeUint32(offset, value) {
        this.values[offset] = value >>> 0;
        this.onWrite(offset, value >>> 0);
    }
}

/** Ring oscillator: running and stable; the random bit comes from a seed. */
export function makeRosc(chip, random) {
    const rosc = new PlainRegisters(chip, 'ROSC', {
        initial: { 0x00: 0xaa0, 0x10: 0xaa0 },
        fixed: { 0x18: 0x80001000 },
    });
    const read = rosc.readUint32.bind(rosc);
    rosc.readUint32 = (offset) => (offset === 0x1c ? random.between(0, 1) : read(offset));
    return rosc;
}

/** Voltage regulator and chip reset: regulated; `hadPor` after power-on. */
export function makeVreg(chip, hadPor) {
    return new PlainRegisters(chip, 'VREG', {
        initial: { 0x00: 0xb1, 0x04: 0x9 },
        fixed: { 0x08: hadPor ? 0x100 : 0 },
    });
}

/** XIP control: the cache is enabled, flushing takes no time. */
export function makeXipControl(chip) {
    const flushed = { 0x08: 3 };
    return new PlainRegisters(chip, 'XIP_CTRL', {
        initial: { 0x00: 3 },
        fixed: flushed,
        onWrite: (offset) => {
            if (offset === 0x04) {
                chip.flashUnit.flushCache();
            }
        },
    });
}

/** The pins of the flash chip. Only the chip select has an effect. */
export function makeIoQspi(chip) {
    const SS_CTRL = 0x0c;
    return new PlainRegisters(chip, 'IO_QSPI', {
        onWrite: (offset, value) => {
            if (offset === SS_CTRL) {
                const over = (value >>> 8) & 3; // 2: low, 3: high
                chip.ssi.forceSelect(over === 2 ? true : over === 3 ? false : null);
            }
        },
    });
}

/** Subsystem resets: a block that is held in reset is not done; letting go starts it afresh. */
export class Resets extends BasePeripheral {
    constructor(chip, onReset) {
        super(chip, 'RESETS');
        this.held = 0;
        this.wdsel = 0;
        this.onReset = onReset;
    }

    readUint32(offset) {
        switch (offset) {
            case 0x0:
                return this.held;
            case 0x4:
                return this.wdsel;
            case 0x8:
                return 0x01ffffff & ~this.held;
            default:
                return super.readUint32(offset);
        }
    }

    writeUint32(offset, value) {
        if (offset === 0x0) {
            const newly = value & ~this.held & 0x01ffffff;
            this.held = value & 0x01ffffff;
            if (newly) {
                this.onReset(newly);
            }
        } else if (offset === 0x4) {
            this.wdsel = value;
        } else {
            super.writeUint32(offset, value);
        }
    }
}
