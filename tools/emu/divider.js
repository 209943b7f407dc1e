// One core's hardware divider (data sheet 2.3.1.5): eight cycles after an operand is written the
// result is there. Reading it earlier gives garbage on silicon, and is a warning here.

const UDIVIDEND = 0x60;
const UDIVISOR = 0x64;
const SDIVIDEND = 0x68;
const SDIVISOR = 0x6c;
const QUOTIENT = 0x70;
const REMAINDER = 0x74;
const CSR = 0x78;
const CYCLES = 8;

export class Divider {
    constructor(chip) {
        this.chip = chip;
        this.dividend = 0;
        this.divisor = 0;
        this.quotient = 0;
        this.remainder = 0;
        this.dirty = false;
        this.readyAt = 0;
    }

    get ready() {
        return this.chip.clock.nanos >= this.readyAt;
    }

    read(offset) {
        switch (offset) {
            case UDIVIDEND:
            case SDIVIDEND:
                return this.dividend;
            case UDIVISOR:
            case SDIVISOR:
                return this.divisor;
            case QUOTIENT:
                this.mustBeReady();
                this.dirty = false;
                return this.quotient;
            case REMAINDER:
                this.mustBeReady();
                return this.remainder;
            default:
                return (this.ready ? 1 : 0) | (this.dirty ? 2 : 0);
        }
    }

    mustBeReady() {
        if (!this.ready) {
            this.chip.warn('SIO', 'the divider was read before its eight cycles were over');
        }
    }

    write(offset, value) {
        switch (offset) {
            case UDIVIDEND:
            case SDIVIDEND:
                this.dividend = value;
                break;
            case UDIVISOR:
            case SDIVISOR:
                this.divisor = value;
                break;
            case QUOTIENT:
                this.quotient = value;
                this.dirty = true;
                return;
            case REMAINDER:
                this.remainder = value;
                this.dirty = true;
                return;
            case CSR:
                return;
        }
        this.divide(offset === SDIVIDEND || offset === SDIVISOR);
        this.dirty = true;
        this.readyAt = this.chip.clock.nanos + CYCLES * this.chip.cycleNanos;
    }

    divide(signed) {
        const a = signed ? this.dividend | 0 : this.dividend;
        const b = signed ? this.divisor | 0 : this.divisor;
        if (b === 0) {
            this.quotient = (signed && a < 0 ? 1 : -1) >>> 0;
            this.remainder = this.dividend;
            return;
        }
        this.quotient = Math.trunc(a / b) >>> 0;
        this.remainder = (a % b) >>> 0;
    }
}
