// One Cortex-M0+ core: memory, sleep, events, exceptions and faults (thumb.js: instructions).
//
//                 WFE, event latch clear                  event, SEV, interrupt
//      RUNNING ───────────────────────────▶ SLEEPING ───────────────────────────▶ RUNNING
//         │      WFI; waiting in the ROM                   (WFI: interrupts only)
//         │ fault in a fault: LOCKED                       forced off: OFF
//         └────────────────────────────────▶ until the core is reset

import { Thumb } from './thumb.js';
import { FLASH_SIZE } from './flash.js';
import { Nvic } from './nvic.js';
import { Mpu } from './mpu.js';

const HARD_FAULT = 3;
const NMI = 2;

// Data sheet of the Cortex-M0+ with the RP2040's single-cycle RAM: 15 cycles into a handler.
const ENTRY_CYCLES = 15;
// An exception return is a branch (3 cycles, counted by the library) and eight loads.
const RETURN_CYCLES = 10;

export const RAM_BASE = 0x20000000;
export const RAM_SIZE = 264 * 1024;
const ROM_SIZE = 16 * 1024;
const SPECIAL = { running: '', wfe: 'wfe', wfi: 'wfi', rom: 'rom', locked: 'locked', off: 'off' };

/** Thrown by an access that silicon answers with a HardFault. */
export class Fault extends Error {
    constructor(kind, address) {
        super(kind);
        this.kind = kind;
        this.address = address >>> 0;
    }
}

export class Core extends Thumb {
    constructor(chip, index) {
        super(chip);
        this.chip = chip;
        this.index = index;
        this.clock = chip.clock;
        this.nvic = new Nvic(this);
        this.mpu = new Mpu(this);
        this.ram = chip.sram;
        this.ram16 = new Uint16Array(chip.sram.buffer);
        this.ram32 = new Uint32Array(chip.sram.buffer);
        this.flash = chip.flashUnit;
        this.watchBits = chip.watchBits;
        this.t = 0; // this core's time, ns
        this.cycleNanos = 8;
        this.penalty = 0; // cycles to add to the instruction that executes
        this.at = 0; // its address
        this.sleep = SPECIAL.running;
        this.instructions = 0;
        this.sleptNanos = 0;
    }

    // --- running -----------------------------------------------------------------------------

    get runnable() {
        return !this.waiting;
    }

    /** Execute one instruction, or the first of a handler. */
    step() {
        if (this.interruptsUpdated) {
            this.checkForInterrupts();
        }
        const pc = this.r[15];
        this.at = pc;
        if (this.watchBits[(pc >>> 1) & 0xffff] !== 0) {
            this.chip.onWatch(this, pc);
        }
        const cycles = this.execute(this.fetch(pc), pc) + this.penalty;
        this.penalty = 0;
        this.instructions++;
        this.t += cycles * this.cycleNanos;
    }

    fetch(pc) {
        const offset = pc - RAM_BASE;
        if (offset >= 0 && offset < RAM_SIZE) {
            return this.ram16[offset >>> 1];
        }
        const { flash } = this;
        if (pc >>> 24 === 0x10 && flash.ready && flash.cache === null && !this.mpu.guardsFlash) {
            return flash.halves[(pc & (FLASH_SIZE - 1)) >>> 1];
        }
        return this.readUint16(pc);
    }

    undefinedInstruction(opcode) {
        throw new Fault(`undefined instruction ${opcode.toString(16)}`, this.at);
    }

    refuse(kind, address) {
        throw new Fault(kind, address);
    }

    onThrow(error) {
        this.penalty = 0;
        this.t += this.cycleNanos;
        if (!(error instanceof Fault)) {
            throw error;
        }
        this.hardFault(error);
    }

    // --- sleep and events --------------------------------------------------------------------

    waitForEvent() {
        this.fallAsleep(SPECIAL.wfe);
    }

    waitForInterrupt() {
        this.fallAsleep(SPECIAL.wfi);
    }

    fallAsleep(kind) {
        this.sleep = kind;
        if (this.wakesUp()) {
            this.sleep = SPECIAL.running;
            this.interruptsUpdated = true;
        } else {
            this.waiting = true;
        }
    }

    // WFI looks through PRIMASK; WFE does not (SEVONPEND makes an event of it instead).
    wakesUp() {
        switch (this.sleep) {
            case SPECIAL.wfe:
                if (this.eventRegistered) {
                    this.eventRegistered = false;
                    return true;
                }
                return this.nvic.next(this.PM) !== 0;
            case SPECIAL.rom:
                return this.nvic.next(this.PM) !== 0;
            case SPECIAL.wfi:
                return this.nvic.next(false) !== 0;
            default:
                return false;
        }
    }

    /** Wait in a ROM function; it is asked again at the same address when `wake` comes. */
    waitInRom() {
        this.registers[15] = this.at;
        this.waiting = true;
        this.sleep = SPECIAL.rom;
    }

    wake() {
        const now = this.clock.nanos;
        if (now > this.t) {
            this.sleptNanos += now - this.t;
            this.t = now;
        }
        this.waiting = false;
        this.sleep = SPECIAL.running;
        this.interruptsUpdated = true;
        this.clock.limit(this.t);
    }

    /** SEV of either core, or an interrupt that became pending under SEVONPEND. */
    event() {
        this.eventRegistered = true;
        if (this.sleep === SPECIAL.wfe) {
            this.eventRegistered = false;
            this.wake();
        } else if (this.sleep === SPECIAL.rom) {
            this.wake();
        }
    }

    /** Something about the pending interrupts has changed. */
    interruptsChanged() {
        this.interruptsUpdated = true;
        if (this.waiting && this.wakesUp()) {
            this.wake();
        }
    }

    setInterrupt(irq, value) {
        this.nvic.setLine(irq, value);
    }

    // --- exceptions --------------------------------------------------------------------------

    checkForInterrupts() {
        this.interruptsUpdated = false;
        const number = this.nvic.next(this.PM);
        if (number === 0) {
            return false;
        }
        this.nvic.acknowledge(number);
        this.exceptionEntry(number);
        return true;
    }

    exceptionEntry(number) {
        const { r } = this;
        const process = this.SPSEL === 1 && this.currentMode === 0;
        const old = r[13];
        const frame = (old - 32) & ~4;
        const psr = this.xPSR | (old & 4 ? 1 << 9 : 0);
        const words = [r[0], r[1], r[2], r[3], r[12], r[14], r[15], psr];
        r[13] = frame;
        words.forEach((word, i) => this.stack(number, frame + 4 * i, word));
        r[14] = this.currentMode === 1 ? 0xfffffff1 : process ? 0xfffffffd : 0xfffffff9;
        this.currentMode = 1;
        this.IPSR = number;
        this.switchStack(0);
        this.eventRegistered = true;
        if (number <= HARD_FAULT) {
            this.mpu.suspend();
        }
        r[15] = this.readUint32(this.VTOR + 4 * number) & ~1;
        this.penalty += ENTRY_CYCLES;
    }

    // A word that cannot be stacked is lost on the way to HardFault, whose handler runs all the
    // same (ARMv6-M has no lockup for it); on the way to another handler it is a fault.
    stack(number, address, word) {
        try {
            this.writeUint32(address, word);
        } catch (error) {
            if (!(error instanceof Fault) || number !== HARD_FAULT) {
                throw error;
            }
        }
    }

    exceptionReturn(value) {
        this.nvic.complete(this.IPSR);
        super.exceptionReturn(value);
        this.r[15] &= ~1;
        this.penalty += RETURN_CYCLES;
        if (this.IPSR !== HARD_FAULT && this.IPSR !== NMI) {
            this.mpu.resume();
        }
    }

    hardFault(fault) {
        this.r[15] = this.at;
        this.chip.recordFault(this, fault);
        if (this.IPSR === HARD_FAULT || this.IPSR === NMI) {
            this.lock();
            return;
        }
        try {
            this.exceptionEntry(HARD_FAULT);
        } catch (error) {
            if (!(error instanceof Fault)) {
                throw error;
            }
            this.chip.recordFault(this, error);
            this.lock(); // there is no vector
        }
    }

    lock() {
        this.stopAs(SPECIAL.locked);
        this.chip.onLock(this);
    }

    stopAs(state) {
        this.waiting = true;
        this.sleep = state;
    }

    get off() {
        return this.sleep === SPECIAL.off;
    }

    /** Hold in reset, as PSM FRCE_OFF does. */
    powerOff() {
        this.stopAs(SPECIAL.off);
        this.clock.limit(0);
    }

    /** As after a reset, standing at this address. */
    restart(pc) {
        this.registers.fill(0);
        this.bankedSP = 0;
        this.SPSEL = 0;
        this.PM = false;
        this.nPRIV = false;
        this.currentMode = 0;
        this.IPSR = 0;
        this.APSR = 0;
        this.VTOR = 0;
        this.eventRegistered = false;
        this.interruptNMIMask = 0;
        this.nvic.reset();
        this.mpu.reset();
        this.registers[15] = pc;
        this.wake();
    }

    // --- memory: what is fast here, the rest through the chip ----------------------------------

    readUint32(address) {
        address >>>= 0;
        if (address & 3) {
            throw new Fault('unaligned read', address);
        }
        const offset = address - RAM_BASE;
        if (offset >= 0 && offset < RAM_SIZE) {
            if (this.mpu.on) {
                this.mpu.checkRead(offset);
            }
            return this.ram32[offset >>> 2];
        }
        switch (address >>> 28) {
            case 0x1:
                return this.flash.read32(this, address);
            case 0xd:
                return this.chip.sio.read(this, address & 0xfffffff);
            case 0xe:
                return this.nvic.readUint32(address & 0xffff);
            default:
                return this.chip.busRead32(address);
        }
    }

    readUint16(address) {
        address >>>= 0;
        if (address & 1) {
            throw new Fault('unaligned read', address);
        }
        const offset = address - RAM_BASE;
        if (offset >= 0 && offset < RAM_SIZE) {
            if (this.mpu.on) {
                this.mpu.checkRead(offset);
            }
            return this.ram16[offset >>> 1];
        }
        if (address >>> 28 === 1) {
            return this.flash.read16(this, address);
        }
        return (this.readUint32(address & ~3) >>> ((address & 2) * 8)) & 0xffff;
    }

    readUint8(address) {
        address >>>= 0;
        const offset = address - RAM_BASE;
        if (offset >= 0 && offset < RAM_SIZE) {
            if (this.mpu.on) {
                this.mpu.checkRead(offset);
            }
            return this.ram[offset];
        }
        if (address >>> 28 === 1) {
            return this.flash.read8(this, address);
        }
        return (this.readUint32(address & ~3) >>> ((address & 3) * 8)) & 0xff;
    }

    writeUint32(address, value) {
        address >>>= 0;
        if (address & 3) {
            throw new Fault('unaligned write', address);
        }
        const offset = address - RAM_BASE;
        if (offset >= 0 && offset < RAM_SIZE) {
            if (this.mpu.on) {
                this.mpu.checkWrite(offset);
            }
            this.ram32[offset >>> 2] = value;
            return;
        }
        switch (address >>> 28) {
            case 0xd:
                this.chip.sio.write(this, address & 0xfffffff, value >>> 0);
                return;
            case 0xe:
                this.nvic.writeUint32(address & 0xffff, value >>> 0);
                return;
            default:
                this.chip.busWrite(address, value >>> 0);
        }
    }

    writeUint16(address, value) {
        address >>>= 0;
        if (address & 1) {
            throw new Fault('unaligned write', address);
        }
        const offset = address - RAM_BASE;
        if (offset >= 0 && offset < RAM_SIZE) {
            if (this.mpu.on) {
                this.mpu.checkWrite(offset);
            }
            this.ram16[offset >>> 1] = value;
            return;
        }
        value &= 0xffff;
        this.writeNarrow(address, value | (value << 16), 0xffff << ((address & 2) * 8));
    }

    writeUint8(address, value) {
        address >>>= 0;
        const offset = address - RAM_BASE;
        if (offset >= 0 && offset < RAM_SIZE) {
            if (this.mpu.on) {
                this.mpu.checkWrite(offset);
            }
            this.ram[offset] = value;
            return;
        }
        value &= 0xff;
        this.writeNarrow(address, Math.imul(value, 0x01010101), 0xff << ((address & 3) * 8));
    }

    // Registers see a narrow write on all lanes (RP2040 data sheet 2.1.4); only the USB memory
    // keeps the other bytes.
    writeNarrow(address, lanes, mask) {
        const word = address & ~3;
        if (word >>> 20 === 0x501 && word >>> 16 !== 0x5011) {
            lanes = (this.readUint32(word) & ~mask) | (lanes & mask);
        }
        this.writeUint32(word, lanes);
    }
}

export { ROM_SIZE };
