// The ARMv6-M memory protection unit, as far as stack guards and read-only areas need it: eight
// regions with sub-regions; access rights of privileged code to RAM and flash. No memory
// attributes, no XN, and the background map is open.

import { Fault, RAM_BASE, RAM_SIZE } from './core.js';

const TYPE = 0xd90;
const CTRL = 0xd94;
const RNR = 0xd98;
const RBAR = 0xd9c;
const RASR = 0xda0;
const REGIONS = 8;
const GRAIN = 32;
const FLASH = 0x10000000;
const FLASH_END = 0x14000000;
const NO_READ = 1;
const NO_WRITE = 2;
const ENABLE = 1;
const IN_FAULTS = 2; // of CTRL: HFNMIENA

export class Mpu {
    constructor(core) {
        this.core = core;
        this.map = new Uint8Array(RAM_SIZE / GRAIN);
        this.reset();
    }

    reset() {
        this.ctrl = 0;
        this.number = 0;
        this.base = new Array(REGIONS).fill(0);
        this.attributes = new Array(REGIONS).fill(0);
        this.update();
    }

    // For each 32 bytes of RAM, the smallest that a region can name: may they be read, written?
    // What lies elsewhere is a list of intervals.
    update() {
        this.map.fill(0);
        this.elsewhere = [];
        for (let i = 0; i < REGIONS && this.ctrl & ENABLE; i++) {
            this.addRegion(this.base[i], this.attributes[i]);
        }
        this.resume();
    }

    /** While a HardFault or NMI runs, the unit is off, unless it was told otherwise. */
    suspend() {
        if (!(this.ctrl & IN_FAULTS)) {
            this.on = false;
            this.guardsFlash = false;
        }
    }

    resume() {
        this.on = (this.ctrl & ENABLE) !== 0;
        this.guardsFlash = this.elsewhere.some(
            ({ from, to, forbidden }) => forbidden & NO_READ && from < FLASH_END && to > FLASH,
        );
    }

    // The region of the highest number decides where regions overlap.
    addRegion(base, attributes) {
        if (!(attributes & 1)) {
            return;
        }
        const access = (attributes >>> 24) & 7;
        const readOnly = access >= 5;
        const forbidden = access === 0 ? NO_READ | NO_WRITE : readOnly ? NO_WRITE : 0;
        const size = 2 ** (((attributes >>> 1) & 0x1f) + 1);
        const part = size / 8;
        const start = base - (base % size);
        for (let i = 0; i < 8; i++) {
            const disabled = size >= 256 && (attributes >>> (8 + i)) & 1;
            if (!disabled) {
                this.mark(start + i * part, start + (i + 1) * part, forbidden);
            }
        }
    }

    mark(from, to, forbidden) {
        const first = Math.max(0, Math.floor((from - RAM_BASE) / GRAIN));
        const last = Math.min(this.map.length, Math.ceil((to - RAM_BASE) / GRAIN));
        if (first < last) {
            this.map.fill(forbidden, first, last);
        }
        this.elsewhere.unshift({ from, to, forbidden });
    }

    checkRead(offset) {
        if (this.map[offset >>> 5] & NO_READ) {
            throw new Fault('read of a guarded area', RAM_BASE + offset);
        }
    }

    checkWrite(offset) {
        if (this.map[offset >>> 5] & NO_WRITE) {
            throw new Fault('write to a guarded area', RAM_BASE + offset);
        }
    }

    /** A read of flash. */
    checkFlash(address) {
        const region = this.elsewhere.find(({ from, to }) => address >= from && address < to);
        if (region !== undefined && region.forbidden & NO_READ) {
            throw new Fault('read of guarded flash', address);
        }
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
