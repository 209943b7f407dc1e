// A PL011 UART: two FIFOs of 32 bytes, bytes that take their time at the baud rate, interrupts
// that follow the levels. Break, parity and flow control are not modelled.

import { BasePeripheral } from './library.js';

const DR = 0x00;
const RSR = 0x04;
const FR = 0x18;
const IBRD = 0x24;
const FBRD = 0x28;
const LCR_H = 0x2c;
const CR = 0x30;
const IFLS = 0x34;
const IMSC = 0x38;
const RIS = 0x3c;
const MIS = 0x40;
const ICR = 0x44;
const DMACR = 0x48;
const PERIPHERAL_ID = 0xfe0;
const IDS = [0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1];

const RX_BIT = 1 << 4;
const TX_BIT = 1 << 5;
const TIMEOUT_BIT = 1 << 6;
const OVERRUN_BIT = 1 << 10;
const ENABLED = 1;
const TX_ENABLED = 1 << 8;
const FIFOS = 1 << 4;
const DEPTH = 32;
const EIGHTHS = [1, 2, 4, 6, 7]; // of DEPTH, by IFLS
const TIMEOUT_BITS = 32;

export class Uart extends BasePeripheral {
    constructor(chip, index) {
        super(chip, `UART${index}`);
        this.chip = chip;
        this.clock = chip.clock;
        this.irq = 20 + index;
        this.dreq = { tx: 20 + index * 2, rx: 21 + index * 2 };
        this.onByte = () => {}; // (byte, ns when its stop bit is over)
        this.shiftAlarm = this.clock.createAlarm(() => this.sent());
        this.timeoutAlarm = this.clock.createAlarm(() => this.timedOut());
        this.reset();
    }

    reset() {
        this.sending = []; // FIFO, without the byte that is being shifted out
        this.shifting = null;
        this.received = [];
        this.ibrd = 0;
        this.fbrd = 0;
        this.lcr = 0;
        this.cr = 0x300;
        this.ifls = 0x12;
        this.mask = 0;
        this.status = 0;
        this.dmacr = 0;
        this.overran = false;
        this.shiftAlarm.cancel();
        this.timeoutAlarm.cancel();
    }

    clkPeriChanged() {} // the baud rate is computed when a byte starts

    get bitNanos() {
        const divider = this.ibrd + this.fbrd / 64 || 1;
        return (16 * divider * 1e9) / this.chip.clkPeri;
    }

    get frameBits() {
        const parity = (this.lcr >> 1) & 1;
        const stop = this.lcr & 8 ? 2 : 1;
        return 1 + 5 + ((this.lcr >> 5) & 3) + parity + stop;
    }

    get depth() {
        return this.lcr & FIFOS ? DEPTH : 1;
    }

    get txLevel() {
        return this.depth === 1 ? 0 : (DEPTH * EIGHTHS[Math.min(this.ifls & 7, 4)]) / 8;
    }

    get rxLevel() {
        return this.depth === 1 ? 1 : (DEPTH * EIGHTHS[Math.min((this.ifls >> 3) & 7, 4)]) / 8;
    }

    // --- transmitting ---------------------------------------------------------------------------

    send(byte) {
        if (this.sending.length >= this.depth) {
            this.warn('a byte was written to a full transmit FIFO');
            return;
        }
        this.sending.push(byte);
        this.startShifting();
        if (this.sending.length > this.txLevel) {
            this.status &= ~TX_BIT;
        }
        this.update();
    }

    // The transmit interrupt is raised when the FIFO's level comes down to the mark, not while it
    // is there; it stays until the FIFO is filled beyond the mark or the interrupt is cleared.
    startShifting() {
        const on = (this.cr & (ENABLED | TX_ENABLED)) === (ENABLED | TX_ENABLED);
        if (this.shifting !== null || this.sending.length === 0 || !on) {
            return;
        }
        this.shifting = this.sending.shift();
        this.shiftAlarm.schedule(this.frameBits * this.bitNanos);
        if (this.sending.length === this.txLevel) {
            this.status |= TX_BIT;
        }
    }

    sent() {
        const byte = this.shifting;
        this.shifting = null;
        this.startShifting();
        this.update();
        this.onByte(byte, this.clock.nanos);
    }

    // --- receiving ------------------------------------------------------------------------------

    get canReceive() {
        return (this.cr & 0x201) === 0x201;
    }

    /** A byte has arrived on the wire. */
    receive(byte) {
        if (this.received.length >= this.depth) {
            this.overran = true;
            this.status |= OVERRUN_BIT;
        } else {
            this.received.push(byte);
        }
        if (this.received.length >= this.rxLevel) {
            this.status |= RX_BIT;
        }
        this.timeoutAlarm.schedule(TIMEOUT_BITS * this.bitNanos);
        this.update();
    }

    timedOut() {
        if (this.received.length !== 0) {
            this.status |= TIMEOUT_BIT;
            this.update();
        }
    }

    take() {
        const byte = this.received.shift() ?? 0;
        if (this.received.length < this.rxLevel) {
            this.status &= ~RX_BIT;
        }
        if (this.received.length === 0) {
            this.status &= ~TIMEOUT_BIT;
            this.timeoutAlarm.cancel();
        } else {
            this.timeoutAlarm.schedule(TIMEOUT_BITS * this.bitNanos);
        }
        const overrun = this.overran ? 1 << 11 : 0;
        this.overran = false;
        this.update();
        return byte | overrun;
    }

    // --- registers ------------------------------------------------------------------------------

    update() {
        this.chip.setInterrupt(this.irq, (this.status & this.mask) !== 0);
        const { dma } = this.chip;
        const on = this.cr & ENABLED;
        dma.drive(this.dreq.tx, on && this.dmacr & 2 && this.sending.length < this.depth);
        dma.drive(this.dreq.rx, on && this.dmacr & 1 && this.received.length !== 0);
    }

    get flags() {
        const { sending, received, depth } = this;
        return (
            (sending.length === 0 ? 1 << 7 : 0) |
            (received.length >= depth ? 1 << 6 : 0) |
            (sending.length >= depth ? 1 << 5 : 0) |
            (received.length === 0 ? 1 << 4 : 0) |
            (this.shifting !== null || sending.length !== 0 ? 1 << 3 : 0)
        );
    }

    readUint32(offset) {
        switch (offset) {
            case DR:
                return this.take();
            case RSR:
                return 0;
            case FR:
                return this.flags;
            case IBRD:
                return this.ibrd;
            case FBRD:
                return this.fbrd;
            case LCR_H:
                return this.lcr;
            case CR:
                return this.cr;
            case IFLS:
                return this.ifls;
            case IMSC:
                return this.mask;
            case RIS:
                return this.status;
            case MIS:
                return this.status & this.mask;
            case DMACR:
                return this.dmacr;
        }
        if (offset >= PERIPHERAL_ID) {
            return IDS[(offset - PERIPHERAL_ID) >> 2];
        }
        return super.readUint32(offset);
    }

    writeUint32(offset, value) {
        switch (offset) {
            case DR:
                this.send(value & 0xff);
                return;
            case RSR:
                return;
            case IBRD:
                this.ibrd = value & 0xffff;
                return;
            case FBRD:
                this.fbrd = value & 0x3f;
                return;
            case LCR_H:
                this.lcr = value;
                return;
            case CR:
                this.cr = value;
                this.startShifting();
                break;
            case IFLS:
                this.ifls = value;
                break;
            case IMSC:
                this.mask = value & 0x7ff;
                break;
            case ICR:
                this.status &= ~this.rawWriteValue;
                break;
            case DMACR:
                this.dmacr = value & 7;
                break;
            default:
                super.writeUint32(offset, value);
                return;
        }
        this.update();
    }
}
