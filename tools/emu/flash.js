// The flash chip, and the window through which the cores see it.
//
//               exit_xip, first SSI command             boot2 / enter_cmd_xip
//    XIP ON ─────────────────────────────▶ XIP OFF ─────────────────────────────▶ XIP ON
//                                            │ erase, program: BUSY until a time
//                                            └─ any access by either core, or by DMA, is a fault
//
// Busy times are typical ones of the W25Q16JV data sheet: 45 ms a sector of 4 KB, 150 ms a block
// of 64 KB, 0.4 ms a page of 256 bytes.

import { Fault } from './core.js';

export const FLASH_SIZE = 2 * 1024 * 1024;
export const SECTOR = 4096;
export const BLOCK = 65536;
export const PAGE = 256;
const SECTOR_NANOS = 45e6;
const BLOCK_NANOS = 150e6;
const PAGE_NANOS = 0.4e6;
const WINDOW = 0x10000000;
const WINDOW_END = 0x14000000;
const XIP_CONTROL = 0x14000000;
const XIP_SRAM = 0x15000000;
const XIP_SRAM_SIZE = 16 * 1024;
const SSI = 0x18000000;

export class Flash {
    constructor(clock) {
        this.clock = clock;
        this.chip = null; // set by the chip that it belongs to
        this.bytes = new Uint8Array(FLASH_SIZE).fill(0xff);
        this.halves = new Uint16Array(this.bytes.buffer);
        this.words = new Uint32Array(this.bytes.buffer);
        this.sram = new Uint32Array(XIP_SRAM_SIZE / 4);
        this.cache = null; // an XipCache, or no model of it
        this.on = true; // as boot2 leaves it
        this.busyUntil = 0;
        this.ready = true; // on and not busy: asked at each instruction fetch
        this.free = clock.createAlarm(() => this.updateReady());
        this.counts = { sectors: 0, blocks: 0, pages: 0 };
    }

    get xipOn() {
        return this.on;
    }

    set xipOn(on) {
        this.on = on;
        this.updateReady();
    }

    updateReady() {
        this.ready = this.on && !this.busy;
    }

    get busy() {
        return this.clock.nanos < this.busyUntil;
    }

    // --- the window -----------------------------------------------------------------------------

    // What a read costs, and whether it is allowed at all.
    touch(core, address) {
        if (core.mpu.guardsFlash) {
            core.mpu.checkFlash(address);
        }
        if (!this.ready) {
            const why = this.busy ? 'flash is busy' : 'XIP is off';
            throw new Fault(`access to the XIP window while ${why}`, address);
        }
        if (this.cache !== null) {
            core.penalty += this.cache.cost(address);
        }
    }

    read32(core, address) {
        if (address >= WINDOW_END) {
            return this.readOther(address);
        }
        this.touch(core, address);
        return this.words[(address & (FLASH_SIZE - 1)) >>> 2];
    }

    read16(core, address) {
        if (address >= WINDOW_END) {
            return (this.readOther(address & ~3) >>> ((address & 2) * 8)) & 0xffff;
        }
        this.touch(core, address);
        return this.halves[(address & (FLASH_SIZE - 1)) >>> 1];
    }

    read8(core, address) {
        if (address >= WINDOW_END) {
            return (this.readOther(address & ~3) >>> ((address & 3) * 8)) & 0xff;
        }
        this.touch(core, address);
        return this.bytes[address & (FLASH_SIZE - 1)];
    }

    readOther(address) {
        if (address >= XIP_SRAM && address < XIP_SRAM + XIP_SRAM_SIZE) {
            return this.sram[(address - XIP_SRAM) >>> 2];
        }
        if (address >= XIP_CONTROL && address < XIP_SRAM) {
            return this.chip.xipControl.readUint32(address & 0xfff);
        }
        if (address >= SSI) {
            return this.chip.ssi.readUint32(address & 0xfff);
        }
        throw new Fault('read of an address where nothing is', address);
    }

    write(address, value) {
        if (address >= XIP_SRAM && address < XIP_SRAM + XIP_SRAM_SIZE) {
            this.sram[(address - XIP_SRAM) >>> 2] = value;
        } else if (address >= XIP_CONTROL && address < XIP_SRAM) {
            this.chip.xipControl.writeUint32Atomic(address & 0xfff, value, (address >>> 12) & 3);
        } else if (address >= SSI && address < SSI + 0x4000) {
            this.chip.ssi.writeUint32Atomic(address & 0xfff, value, (address >>> 12) & 3);
        } else {
            throw new Fault('write to flash through the XIP window', address);
        }
    }

    // --- erase and program; each answers how long the chip is busy ------------------------------

    eraseSector(offset) {
        this.counts.sectors++;
        return this.erase(offset, SECTOR, SECTOR_NANOS);
    }

    eraseBlock(offset) {
        this.counts.blocks++;
        return this.erase(offset, BLOCK, BLOCK_NANOS);
    }

    erase(offset, size, nanos) {
        const start = (offset & (FLASH_SIZE - 1)) & ~(size - 1);
        this.bytes.fill(0xff, start, start + size);
        return this.stayBusy(nanos);
    }

    /** Programming clears bits only, and wraps within the page. */
    programPage(offset, data) {
        const page = (offset & (FLASH_SIZE - 1)) & ~(PAGE - 1);
        data.forEach((byte, i) => {
            this.bytes[page | ((offset + i) & (PAGE - 1))] &= byte;
        });
        this.counts.pages++;
        return this.stayBusy(PAGE_NANOS);
    }

    stayBusy(nanos) {
        this.busyUntil = Math.max(this.clock.nanos, this.busyUntil) + nanos;
        this.ready = false;
        this.free.at(this.busyUntil);
        this.chip.onFlash?.(this.clock.nanos, this.busyUntil);
        return nanos;
    }

    flushCache() {
        this.cache?.flush();
    }
}

/** A model of the XIP cache: 16 KB, two ways, lines of 8 bytes, one fixed price for a miss. */
export class XipCache {
    constructor(missCycles) {
        this.missCycles = missCycles;
        this.hits = 0;
        this.misses = 0;
        this.tags = [new Int32Array(1024), new Int32Array(1024)];
        this.oldest = new Uint8Array(1024); // the way that is replaced next
        this.flush();
    }

    flush() {
        this.tags.forEach((way) => way.fill(-1));
    }

    cost(address) {
        const uncached = address >= WINDOW + 0x02000000;
        const line = (address & 0xffffff) >>> 3;
        const set = line & 1023;
        const [first, second] = this.tags;
        if (first[set] === line || second[set] === line) {
            this.oldest[set] = first[set] === line ? 1 : 0;
            this.hits++;
            return 0;
        }
        this.misses++;
        if (!uncached) {
            const way = this.oldest[set];
            this.tags[way][set] = line;
            this.oldest[set] = 1 - way;
        }
        return this.missCycles;
    }
}
