// The ARMv6-M instructions: the library's core with a decoder that is some times faster, sets all
// flags, and counts cycles as the Cortex-M0+ manual does (r0p1, 3.3): a memory access takes 2
// cycles, on the single-cycle IO port 1; a taken branch 2; BL 3; the peripheral bus adds its own.

import { CortexM0Core } from './library.js';

const SP = 13;
const LR = 14;
const PC = 15;
const PERIPHERAL_READ_CYCLES = 2; // beside the two of every access
const PERIPHERAL_WRITE_CYCLES = 3;
const SIO = 0xd;

export class Thumb extends CortexM0Core {
    constructor(chip) {
        super(chip);
        this.r = new Int32Array(this.registers.buffer);
        this.extra = 0; // cycles of this instruction beyond the first
    }

    /** Execute the instruction at `pc`; answers its cycles, without `penalty`. */
    execute(opcode, pc) {
        this.extra = 0;
        this.r[PC] = pc + 2;
        switch (opcode >>> 12) {
            case 0x0:
            case 0x1:
                this.shiftOrAdd(opcode);
                break;
            case 0x2:
            case 0x3:
                this.immediate(opcode);
                break;
            case 0x4:
                this.group4(opcode);
                break;
            case 0x5:
                this.registerOffset(opcode);
                break;
            case 0x6:
                this.word(opcode, this.r[(opcode >>> 3) & 7] + ((opcode >>> 4) & 0x7c), opcode & 7);
                break;
            case 0x7:
                this.byte(opcode, this.r[(opcode >>> 3) & 7] + ((opcode >>> 6) & 0x1f));
                break;
            case 0x8:
                this.half(opcode, this.r[(opcode >>> 3) & 7] + ((opcode >>> 5) & 0x3e));
                break;
            case 0x9:
                this.word(opcode, this.r[SP] + ((opcode & 0xff) << 2), (opcode >>> 8) & 7);
                break;
            case 0xa:
                this.address(opcode, pc);
                break;
            case 0xb:
                this.miscellaneous(opcode);
                break;
            case 0xc:
                this.multiple(opcode);
                break;
            case 0xd:
                this.conditional(opcode, pc);
                break;
            default:
                this.branch(opcode, pc);
        }
        return 1 + this.extra;
    }

    // --- arithmetic -----------------------------------------------------------------------------

    setNz(result) {
        this.N = result < 0;
        this.Z = result === 0;
    }

    add(a, b, carry) {
        const result = (a + b + carry) | 0;
        this.N = result < 0;
        this.Z = result === 0;
        this.C = (a >>> 0) + (b >>> 0) + carry > 0xffffffff;
        this.V = ((a ^ result) & (b ^ result)) < 0;
        return result;
    }

    // LSL, LSR, ASR by a register's low byte or an immediate; by 0, nothing but N and Z changes.
    shift(kind, value, by) {
        let result = value;
        if (by !== 0) {
            if (kind === 0) {
                result = by < 32 ? value << by : 0;
                this.C = by <= 32 && ((value >>> (32 - by)) & 1) !== 0;
            } else if (kind === 1) {
                result = by < 32 ? value >>> by : 0;
                this.C = by <= 32 && ((value >>> (by - 1)) & 1) !== 0;
            } else {
                result = value >> Math.min(by, 31);
                this.C = ((value >> Math.min(by - 1, 31)) & 1) !== 0;
            }
        }
        result |= 0;
        this.setNz(result);
        return result;
    }

    shiftOrAdd(opcode) {
        const { r } = this;
        const kind = (opcode >>> 11) & 3;
        const m = r[(opcode >>> 3) & 7];
        if (kind !== 3) {
            const by = (opcode >>> 6) & 0x1f;
            r[opcode & 7] = this.shift(kind, m, by === 0 && kind !== 0 ? 32 : by);
            return;
        }
        const field = (opcode >>> 6) & 7;
        const n = opcode & 0x400 ? field : r[field];
        r[opcode & 7] = opcode & 0x200 ? this.add(m, ~n, 1) : this.add(m, n, 0);
    }

    immediate(opcode) {
        const { r } = this;
        const d = (opcode >>> 8) & 7;
        const value = opcode & 0xff;
        switch ((opcode >>> 11) & 3) {
            case 0:
                r[d] = value;
                this.N = false;
                this.Z = value === 0;
                break;
            case 1:
                this.add(r[d], ~value, 1);
                break;
            case 2:
                r[d] = this.add(r[d], value, 0);
                break;
            default:
                r[d] = this.add(r[d], ~value, 1);
        }
    }

    group4(opcode) {
        switch ((opcode >>> 10) & 3) {
            case 0:
                this.dataProcessing(opcode);
                break;
            case 1:
                this.highRegisters(opcode);
                break;
            default: {
                const at = ((this.r[PC] + 2) & ~3) + ((opcode & 0xff) << 2);
                this.extra = 1;
                this.r[(opcode >>> 8) & 7] = this.readUint32(at);
            }
        }
    }

    dataProcessing(opcode) {
        const { r } = this;
        const d = opcode & 7;
        const m = r[(opcode >>> 3) & 7];
        const carry = this.C ? 1 : 0;
        switch ((opcode >>> 6) & 0xf) {
            case 0x0:
                this.setNz((r[d] &= m));
                break;
            case 0x1:
                this.setNz((r[d] ^= m));
                break;
            case 0x2:
                r[d] = this.shift(0, r[d], m & 0xff);
                break;
            case 0x3:
                r[d] = this.shift(1, r[d], m & 0xff);
                break;
            case 0x4:
                r[d] = this.shift(2, r[d], m & 0xff);
                break;
            case 0x5:
                r[d] = this.add(r[d], m, carry);
                break;
            case 0x6:
                r[d] = this.add(r[d], ~m, carry);
                break;
            case 0x7:
                r[d] = this.rotate(r[d], m & 0xff);
                break;
            case 0x8:
                this.setNz(r[d] & m);
                break;
            case 0x9:
                r[d] = this.add(0, ~m, 1);
                break;
            case 0xa:
                this.add(r[d], ~m, 1);
                break;
            case 0xb:
                this.add(r[d], m, 0);
                break;
            case 0xc:
                this.setNz((r[d] |= m));
                break;
            case 0xd:
                this.setNz((r[d] = Math.imul(r[d], m)));
                break;
            case 0xe:
                this.setNz((r[d] &= ~m));
                break;
            default:
                this.setNz((r[d] = ~m));
        }
    }

    rotate(value, by) {
        const turn = by & 31;
        const result = turn === 0 ? value : (value >>> turn) | (value << (32 - turn));
        if (by !== 0) {
            this.C = result < 0;
        }
        this.setNz(result);
        return result;
    }

    highRegisters(opcode) {
        const { r } = this;
        const m = (opcode >>> 3) & 0xf;
        const d = ((opcode >>> 4) & 8) | (opcode & 7);
        const value = m === PC ? r[PC] + 2 : r[m];
        switch ((opcode >>> 8) & 3) {
            case 0:
                this.setHigh(d, (d === PC ? r[PC] + 2 : r[d]) + value);
                break;
            case 1:
                this.add(r[d], ~value, 1);
                break;
            case 2:
                this.setHigh(d, value);
                break;
            default:
                this.exchange(opcode, value);
        }
    }

    setHigh(d, value) {
        if (d === PC) {
            this.r[PC] = value & ~1;
            this.extra = 1;
        } else {
            this.r[d] = d === SP ? value & ~3 : value;
        }
    }

    exchange(opcode, value) {
        this.extra = 1;
        if (opcode & 0x80) {
            const back = this.r[PC] | 1;
            this.jump(value);
            this.r[LR] = back;
        } else {
            this.jump(value);
        }
    }

    jump(target) {
        if (this.currentMode === 1 && target >>> 28 === 0xf) {
            this.exceptionReturn(target & 0x0fffffff);
        } else if ((target & 1) === 0) {
            this.refuse('branch to ARM code', target);
        } else {
            this.r[PC] = target & ~1;
        }
    }

    // --- loads and stores -----------------------------------------------------------------------

    charge(address, peripheral) {
        const top = address >>> 28;
        this.extra = top === SIO ? 0 : top === 4 || top === 5 ? 1 + peripheral : 1;
    }

    load32(d, address) {
        this.charge(address, PERIPHERAL_READ_CYCLES);
        this.r[d] = this.readUint32(address);
    }

    store32(d, address) {
        this.charge(address, PERIPHERAL_WRITE_CYCLES);
        this.writeUint32(address, this.r[d]);
    }

    word(opcode, address, d) {
        if (opcode & 0x800) {
            this.load32(d, address);
        } else {
            this.store32(d, address);
        }
    }

    byte(opcode, address) {
        const d = opcode & 7;
        if (opcode & 0x800) {
            this.charge(address, PERIPHERAL_READ_CYCLES);
            this.r[d] = this.readUint8(address);
        } else {
            this.charge(address, PERIPHERAL_WRITE_CYCLES);
            this.writeUint8(address, this.r[d] & 0xff);
        }
    }

    half(opcode, address) {
        const d = opcode & 7;
        if (opcode & 0x800) {
            this.charge(address, PERIPHERAL_READ_CYCLES);
            this.r[d] = this.readUint16(address);
        } else {
            this.charge(address, PERIPHERAL_WRITE_CYCLES);
            this.writeUint16(address, this.r[d] & 0xffff);
        }
    }

    registerOffset(opcode) {
        const { r } = this;
        const d = opcode & 7;
        const address = r[(opcode >>> 3) & 7] + r[(opcode >>> 6) & 7];
        switch ((opcode >>> 9) & 7) {
            case 0:
                this.store32(d, address);
                break;
            case 1:
                this.half(0x8000 | d, address);
                break;
            case 2:
                this.byte(0x7000 | d, address);
                break;
            case 3:
                this.charge(address, PERIPHERAL_READ_CYCLES);
                r[d] = (this.readUint8(address) << 24) >> 24;
                break;
            case 4:
                this.load32(d, address);
                break;
            case 5:
                this.half(0x8800 | d, address);
                break;
            case 6:
                this.byte(0x7800 | d, address);
                break;
            default:
                this.charge(address, PERIPHERAL_READ_CYCLES);
                r[d] = (this.readUint16(address) << 16) >> 16;
        }
    }

    multiple(opcode) {
        const { r } = this;
        const n = (opcode >>> 8) & 7;
        const list = opcode & 0xff;
        const load = (opcode & 0x800) !== 0;
        let address = r[n];
        for (let i = 0; i < 8; i++) {
            if ((list >>> i) & 1) {
                if (load) {
                    r[i] = this.readUint32(address);
                } else {
                    this.writeUint32(address, r[i]);
                }
                address += 4;
                this.extra++;
            }
        }
        if (!load || !((list >>> n) & 1)) {
            r[n] = address;
        }
    }

    push(opcode) {
        const { r } = this;
        const list = (opcode & 0xff) | ((opcode & 0x100) << 6);
        let address = r[SP];
        for (let i = LR; i >= 0; i--) {
            if ((list >>> i) & 1) {
                address -= 4;
                this.writeUint32(address, r[i]);
                this.extra++;
            }
        }
        r[SP] = address;
    }

    pop(opcode) {
        const { r } = this;
        let address = r[SP];
        for (let i = 0; i < 8; i++) {
            if ((opcode >>> i) & 1) {
                r[i] = this.readUint32(address);
                address += 4;
                this.extra++;
            }
        }
        if (opcode & 0x100) {
            const target = this.readUint32(address);
            r[SP] = address + 4;
            this.extra += 3;
            this.jump(target);
        } else {
            r[SP] = address;
        }
    }

    // --- the rest -------------------------------------------------------------------------------

    address(opcode, pc) {
        const base = opcode & 0x800 ? this.r[SP] : (pc + 4) & ~3;
        this.r[(opcode >>> 8) & 7] = base + ((opcode & 0xff) << 2);
    }

    miscellaneous(opcode) {
        const { r } = this;
        const d = opcode & 7;
        const m = r[(opcode >>> 3) & 7];
        switch ((opcode >>> 8) & 0xf) {
            case 0x0: {
                const by = (opcode & 0x7f) << 2;
                r[SP] += opcode & 0x80 ? -by : by;
                break;
            }
            case 0x2:
                r[d] = extended((opcode >>> 6) & 3, m);
                break;
            case 0x4:
            case 0x5:
                this.push(opcode);
                break;
            case 0x6:
                this.changeState(opcode);
                break;
            case 0xa:
                this.reverse(opcode, d, m);
                break;
            case 0xc:
            case 0xd:
                this.pop(opcode);
                break;
            case 0xe:
                this.rp2040.onBreak(opcode & 0xff);
                break;
            case 0xf:
                this.hint(opcode);
                break;
            default:
                this.undefinedInstruction(opcode);
        }
    }

    reverse(opcode, d, m) {
        const halves = ((m & 0x00ff00ff) << 8) | ((m >>> 8) & 0x00ff00ff);
        switch ((opcode >>> 6) & 3) {
            case 0:
                this.r[d] = (halves << 16) | (halves >>> 16);
                break;
            case 1:
                this.r[d] = halves;
                break;
            case 3:
                this.r[d] = (halves << 16) >> 16;
                break;
            default:
                this.undefinedInstruction(opcode);
        }
    }

    changeState(opcode) {
        if (opcode === 0xb672) {
            this.PM = true;
        } else if (opcode === 0xb662) {
            this.PM = false;
            this.interruptsUpdated = true;
        } else {
            this.undefinedInstruction(opcode);
        }
    }

    hint(opcode) {
        switch (opcode) {
            case 0xbf20:
                this.extra = 1;
                this.waitForEvent();
                break;
            case 0xbf30:
                this.extra = 1;
                this.waitForInterrupt();
                break;
            case 0xbf40:
                this.rp2040.sendEvent();
                break;
            case 0xbf00:
            case 0xbf10:
                break;
            default:
                this.undefinedInstruction(opcode);
        }
    }

    conditional(opcode, pc) {
        const condition = (opcode >>> 8) & 0xf;
        if (condition === 0xf) {
            this.pendingSVCall = true;
            this.interruptsUpdated = true;
        } else if (condition === 0xe) {
            this.undefinedInstruction(opcode);
        } else if (this.holds(condition)) {
            this.r[PC] = pc + 4 + ((opcode << 24) >> 23);
            this.extra = 1;
        }
    }

    holds(condition) {
        switch (condition) {
            case 0:
                return this.Z;
            case 1:
                return !this.Z;
            case 2:
                return this.C;
            case 3:
                return !this.C;
            case 4:
                return this.N;
            case 5:
                return !this.N;
            case 6:
                return this.V;
            case 7:
                return !this.V;
            case 8:
                return this.C && !this.Z;
            case 9:
                return !this.C || this.Z;
            case 10:
                return this.N === this.V;
            case 11:
                return this.N !== this.V;
            case 12:
                return !this.Z && this.N === this.V;
            default:
                return this.Z || this.N !== this.V;
        }
    }

    branch(opcode, pc) {
        if (opcode >>> 11 === 0x1c) {
            this.r[PC] = pc + 4 + ((opcode << 21) >> 20);
            this.extra = 1;
            return;
        }
        const second = this.readUint16(pc + 2);
        if (opcode >>> 11 !== 0x1e || !(second & 0x8000)) {
            this.undefinedInstruction(opcode);
            return;
        }
        this.extra = 2;
        this.r[PC] = pc + 4;
        if ((second & 0xd000) === 0xd000) {
            this.r[LR] = (pc + 4) | 1;
            this.r[PC] = pc + 4 + linkOffset(opcode, second);
        } else if (opcode === 0xf3bf && (second & 0xffc0) === 0x8f40) {
            return; // DSB, DMB, ISB: the cores see each other's stores in order anyway
        } else if (opcode === 0xf3ef && second >>> 12 === 8) {
            this.registers[(second >>> 8) & 0xf] = this.readSpecialRegister(second & 0xff);
        } else if (opcode >>> 4 === 0xf38 && second >>> 8 === 0x88) {
            this.writeSpecialRegister(second & 0xff, this.registers[opcode & 0xf]);
        } else {
            this.undefinedInstruction(opcode);
        }
    }
}

// SXTH, SXTB, UXTH, UXTB
function extended(kind, value) {
    switch (kind) {
        case 0:
            return (value << 16) >> 16;
        case 1:
            return (value << 24) >> 24;
        case 2:
            return value & 0xffff;
        default:
            return value & 0xff;
    }
}

function linkOffset(first, second) {
    const s = (first >>> 10) & 1;
    const i1 = ~(((second >>> 13) & 1) ^ s) & 1;
    const i2 = ~(((second >>> 11) & 1) ^ s) & 1;
    const high = (-s << 24) | (i1 << 23) | (i2 << 22);
    return high | ((first & 0x3ff) << 12) | ((second & 0x7ff) << 1);
}
