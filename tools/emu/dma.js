// The DMA controller: twelve channels, paced by their request lines, one transfer a cycle at most
// for each channel. Contention between channels, and with the cores, is not modelled.

import { BasePeripheral, RPDMAChannel, DREQChannel } from './library.js';

const CHANNELS = 12;
const CHANNEL_BYTES = 0x40;
const ABORT = 0x444;
const INTR = 0x400;
const INTE = [0x404, 0x414];
const INTF = [0x408, 0x418];
const INTS = [0x40c, 0x41c];
const TIMER0 = 0x420;
const TIMER3 = 0x42c;
const TRIGGER = 0x430;
const FIFO_LEVELS = 0x440;
const N_CHANNELS = 0x448;
const DEBUG = 0x800;
const IRQ = 11;
const PERMANENT = 63;
const FIRST_TIMER = 59;
// From request to the word's arrival; two bus accesses, pipelined.
const LATENCY_CYCLES = 3;

class Channel extends RPDMAChannel {
    constructor(dma, chip, index) {
        super(dma, chip, index);
        this.chip = chip;
    }

    start() {
        this.fresh = true;
        super.start();
    }

    scheduleTransfer() {
        const cycles = this.fresh ? LATENCY_CYCLES : 1;
        const { treqValue, dma, chip } = this;
        if (treqValue === PERMANENT || dma.dreq[treqValue]) {
            this.fresh = false;
            this.transferAlarm.schedule(cycles * chip.cycleNanos);
        } else if (treqValue >= FIRST_TIMER) {
            const period = dma.timerCycles(treqValue - FIRST_TIMER);
            if (period !== 0) {
                this.transferAlarm.schedule(period * chip.cycleNanos);
            }
        } else {
            this.fresh = true;
        }
    }

    abort() {
        super.abort();
        this.transCount = 0;
    }
}

export class Dma extends BasePeripheral {
    constructor(chip) {
        super(chip, 'DMA');
        this.chip = chip;
        this.dreq = new Array(DREQChannel.DREQ_MAX).fill(false);
        this.channels = [];
        this.reset();
    }

    reset() {
        this.channels.forEach((channel) => channel.abort());
        this.intRaw = 0;
        this.enabled = [0, 0];
        this.forced = [0, 0];
        this.timers = [0, 0, 0, 0];
        this.channels = Array.from({ length: CHANNELS }, (_, i) => {
            return new Channel(this, this.chip, i);
        });
    }

    // --- request lines ------------------------------------------------------------------------

    setDREQ(line) {
        if (this.dreq[line]) {
            return;
        }
        this.dreq[line] = true;
        for (const channel of this.channels) {
            if (channel.treq === line && channel.active && !channel.transferAlarm.scheduled) {
                channel.scheduleTransfer();
            }
        }
    }

    clearDREQ(line) {
        this.dreq[line] = false;
    }

    drive(line, on) {
        if (on) {
            this.setDREQ(line);
        } else {
            this.clearDREQ(line);
        }
    }

    // A pacing timer requests X times in Y cycles.
    timerCycles(index) {
        const x = this.timers[index] >>> 16;
        const y = this.timers[index] & 0xffff;
        return x === 0 ? 0 : Math.max(1, y / x);
    }

    // --- interrupts and registers ---------------------------------------------------------------

    status(line) {
        return (this.intRaw & this.enabled[line]) | this.forced[line];
    }

    checkInterrupts() {
        this.chip.setInterrupt(IRQ, this.status(0) !== 0);
        this.chip.setInterrupt(IRQ + 1, this.status(1) !== 0);
    }

    channelAt(offset) {
        return this.channels[(offset & 0x7ff) >> 6];
    }

    isChannel(offset) {
        return (offset & ~DEBUG) < CHANNELS * CHANNEL_BYTES;
    }

    readUint32(offset) {
        if (this.isChannel(offset)) {
            return this.channelAt(offset).readUint32(offset & (DEBUG | 0x3f)) >>> 0;
        }
        const line = offset >= INTE[1] ? 1 : 0;
        switch (offset) {
            case INTR:
            case INTR + 0x10:
                return this.intRaw;
            case INTE[line]:
                return this.enabled[line];
            case INTF[line]:
                return this.forced[line];
            case INTS[line]:
                return this.status(line);
            case TRIGGER:
            case ABORT: // at once
            case FIFO_LEVELS:
                return 0;
            case N_CHANNELS:
                return CHANNELS;
        }
        if (offset >= TIMER0 && offset <= TIMER3) {
            return this.timers[(offset - TIMER0) >> 2];
        }
        return super.readUint32(offset);
    }

    writeUint32(offset, value) {
        if (this.isChannel(offset)) {
            this.channelAt(offset).writeUint32(offset & (DEBUG | 0x3f), value);
            return;
        }
        if (offset >= TIMER0 && offset <= TIMER3) {
            this.timers[(offset - TIMER0) >> 2] = value;
            return;
        }
        const chosen = () => this.channels.filter((c) => (value >>> c.index) & 1);
        const line = offset >= INTE[1] ? 1 : 0;
        switch (offset) {
            case INTR:
            case INTR + 0x10:
            case INTS[line]:
                this.intRaw &= ~this.rawWriteValue;
                break;
            case INTE[line]:
                this.enabled[line] = value & 0xffff;
                break;
            case INTF[line]:
                this.forced[line] = value & 0xffff;
                break;
            case TRIGGER:
                chosen().forEach((channel) => channel.start());
                return;
            case ABORT:
                chosen().forEach((channel) => channel.abort());
                return;
            default:
                super.writeUint32(offset, value);
                return;
        }
        this.checkInterrupts();
    }
}
