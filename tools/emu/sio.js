// The single-cycle IO block. GPIO and spin locks are one for both cores (the library's); CPU
// number, FIFO ends, divider and interpolators are each core's own.

import { RPSIO, Interpolator } from './library.js';
import { Divider } from './divider.js';

const CPUID = 0x000;
const GPIO_IN = 0x004;
const GPIO_LAST = 0x04c;
const FIFO_ST = 0x050;
const FIFO_WR = 0x054;
const FIFO_RD = 0x058;
const SPINLOCK_ST = 0x05c;
const DIVIDER = 0x060;
const DIVIDER_END = 0x07c;
const INTERPOLATORS = 0x080;
const INTERPOLATORS_END = 0x100;
const SPINLOCKS_END = 0x180;
const BASE_1AND0 = [0x0bc, 0x0fc]; // write-only
const FIFO_DEPTH = 8;
const FIRST_FIFO_IRQ = 15;

/** What one core reads: the words that the other has written. */
class Mailbox {
    constructor() {
        this.words = [];
        this.overflow = false; // of what this core writes
        this.underflow = false; // of what this core reads
    }
}

export class Sio extends RPSIO {
    constructor(chip) {
        super(chip);
        this.chip = chip;
        this.mailboxes = [new Mailbox(), new Mailbox()];
        this.dividers = [new Divider(chip), new Divider(chip)];
        this.interpolators = [0, 1].map(() => [new Interpolator(0), new Interpolator(1)]);
    }

    read(core, offset) {
        switch (offset) {
            case CPUID:
                return core.index;
            case GPIO_IN:
                return this.chip.pins.levels;
            case FIFO_ST:
                return this.fifoStatus(core.index);
            case FIFO_RD:
                return this.pop(core.index);
        }
        if (offset >= DIVIDER && offset < DIVIDER_END) {
            return this.dividers[core.index].read(offset);
        }
        if (!isKnown(offset) || BASE_1AND0.includes(offset)) {
            return this.unknown('read', offset);
        }
        this.select(core, offset);
        return this.readUint32(offset) >>> 0;
    }

    write(core, offset, value) {
        switch (offset) {
            case FIFO_ST:
                this.clearFlags(core.index);
                return;
            case FIFO_WR:
                this.push(core.index, value);
                return;
            case CPUID:
            case GPIO_IN:
            case FIFO_RD:
            case SPINLOCK_ST:
                return; // read-only
        }
        if (offset >= DIVIDER && offset < DIVIDER_END) {
            this.dividers[core.index].write(offset, value);
            return;
        }
        if (!isKnown(offset) || isResult(offset)) {
            this.unknown('write', offset);
            return;
        }
        this.select(core, offset);
        this.writeUint32(offset, value);
    }

    unknown(what, offset) {
        this.chip.warn('SIO', `${what} of unknown register 0x${offset.toString(16)}`);
        return 0;
    }

    // The library looks at interp0 and interp1: let them be this core's.
    select(core, offset) {
        if (offset >= INTERPOLATORS && offset < INTERPOLATORS_END) {
            [this.interp0, this.interp1] = this.interpolators[core.index];
        }
    }

    // --- the two FIFOs --------------------------------------------------------------------------

    fifoStatus(me) {
        const mine = this.mailboxes[me];
        const theirs = this.mailboxes[1 - me];
        return (
            (mine.words.length !== 0 ? 1 : 0) |
            (theirs.words.length < FIFO_DEPTH ? 2 : 0) |
            (mine.overflow ? 4 : 0) |
            (mine.underflow ? 8 : 0)
        );
    }

    pop(me) {
        const mine = this.mailboxes[me];
        if (mine.words.length === 0) {
            mine.underflow = true;
            this.updateInterrupts();
            return 0;
        }
        const value = mine.words.shift();
        this.updateInterrupts();
        return value;
    }

    push(me, value) {
        const theirs = this.mailboxes[1 - me];
        if (theirs.words.length < FIFO_DEPTH) {
            theirs.words.push(value >>> 0);
        } else {
            this.mailboxes[me].overflow = true;
        }
        this.updateInterrupts();
    }

    clearFlags(me) {
        this.mailboxes[me].overflow = false;
        this.mailboxes[me].underflow = false;
        this.updateInterrupts();
    }

    updateInterrupts() {
        this.mailboxes.forEach((box, i) => {
            const high = box.words.length !== 0 || box.overflow || box.underflow;
            this.chip.setInterrupt(FIRST_FIFO_IRQ + i, high);
        });
    }
}

// What the library knows, and would complain about on the console.
function isKnown(offset) {
    const word = (offset & 3) === 0;
    return word && (offset <= GPIO_LAST || (offset >= SPINLOCK_ST && offset < SPINLOCKS_END));
}

// An interpolator's POP and PEEK, which can only be read.
function isResult(offset) {
    const place = offset & 0x3f;
    return offset >= INTERPOLATORS && offset < INTERPOLATORS_END && place >= 0x14 && place <= 0x28;
}
