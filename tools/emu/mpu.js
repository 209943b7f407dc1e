// The ARMv6-M memory protection unit, as far as stack guards and read-only areas need it: eight
// regions with sub-regions; access rights of privileged code. No memory attributes, and
// instruction fetches are treated as reads.

import { Fault } from './core.js';

const TYPE = 0xd90;
const CTRL = 0xd94;
const RNR = 0xd98;
const RBAR = 0xd9c;
const RASR = 0xda0;
const REGIONS = 8;

export class Mpu {
    constructor(core) {
        this.core = core;
        this.reset();
    }

    reset() {
        this.ctrl = 0;
        this.number = 0;
        this.base = new Array(REGIONS).fill(0);
        this.attributes = new Array(REGIONS).fill(0);
        this.update();
    }

    // The forbidden intervals {low, high, reads}: what lies outside is allowed.
    update() {
        this.intervals = [];
        if (this.ctrl & 1) {
            for (let i = 0; i < REGIONS; i++) {
                this.addRegion(this.base[i], this.attributes[i]);
            }
        }
        this.on = this.intervals.length !== 0;
        this.low = Math.min(...this.intervals.map((r) => r.low));
        this.high = Math.max(...this.intervals.map((r) => r.high));
    }

    addRegion(base, attributes) {
        const access = (attributes >>> 24) & 7;
        const readOnly = access === 5 || access === 6 || access === 7;
        if (!(attributes & 1) || (access !== 0 && !readOnly)) {
            return;
        }
        const size = 2 ** (((attributes >>> 1) & 0x1f) + 1);
        const part = size / 8;
        for (let i = 0; i < 8; i++) {
            const disabled = size >= 256 && (attributes >>> (8 + i)) & 1;
            if (!disabled) {
                const low = base - (base % size) + i * part;
                this.intervals.push({ low, high: low + part, reads: readOnly });
            }
        }
    }

    check(address, write) {
        if (address < this.low || address >= this.high) {
            return;
        }
        for (const { low, high, reads } of this.intervals) {
            if (address >= low && address < high && (write || !reads)) {
                throw new Fault(write ? 'write to a guarded area' : 'read of a guarded area', address);
            }
        }
    }

    owns(offset) {
        return offset >= TYPE && offset <= RASR;
    }

    read(offset) {
        switch (offset) {
            case TYPE:
                return REGIONS << 8;
            case CTRL:
                return this.ctrl;
            case RNR:
                return this.number;
            case RBAR:
                return (this.base[this.number] | this.number) >>> 0;
            default:
                return this.attributes[this.number];
        }
    }

    write(offset, value) {
        switch (offset) {
            case CTRL:
                this.ctrl = value & 7;
                break;
            case RNR:
                this.number = value % REGIONS;
                break;
            case RBAR:
                if (value & 0x10) {
                    this.number = value & (REGIONS - 1);
                }
                this.base[this.number] = (value & ~0xff) >>> 0;
                break;
            case RASR:
                this.attributes[this.number] = value;
                break;
            default:
                return;
        }
        this.update();
    }
}
