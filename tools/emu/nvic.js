// What each core has for itself on its private bus: interrupt controller, system control, SysTick.
//
// An interrupt is pending while its line is high and its handler is not running, or when it was
// made pending by software; that is how ARMv6-M treats level-sensitive lines.

import { SysTick } from './systick.js';

const NMI = 2;
const SVCALL = 11;
const PENDSV = 14;
const SYSTICK = 15;
const FIRST_IRQ = 16;
const THREAD_PRIORITY = 4;

const ISER = 0xe100;
const ICER = 0xe180;
const ISPR = 0xe200;
const ICPR = 0xe280;
const IPR0 = 0xe400;
const IPR7 = 0xe41c;
const CPUID = 0xed00;
const ICSR = 0xed04;
const VTOR = 0xed08;
const AIRCR = 0xed0c;
const SCR = 0xed10;
const CCR = 0xed14;
const SHPR2 = 0xed1c;
const SHPR3 = 0xed20;
const SHCSR = 0xed24;
const DFSR = 0xed30;
const DHCSR = 0xedf0;
const MPU_FIRST = 0xed90;
const MPU_LAST = 0xeda0;
const SYSTICK_FIRST = 0xe010;
const SYSTICK_LAST = 0xe01c;

export class Nvic {
    constructor(core) {
        this.core = core;
        this.lines = 0; // as the peripherals drive them
        this.systick = new SysTick(this, core.clock);
        this.reset();
    }

    reset() {
        this.latched = 0; // made pending by software
        this.active = 0; // handlers that run or were preempted
        this.enabled = 0;
        this.sevOnPend = false;
        this.pendSv = false;
        this.pendSysTick = false;
        this.core.pendingSVCall = false;
        this.core.pendingNMI = false;
        this.core.SHPR2 = 0;
        this.core.SHPR3 = 0;
        this.scr = 0;
        this.priority = new Uint8Array(32);
        this.systick.reset();
    }

    get pending() {
        return (this.latched | (this.lines & ~this.active)) >>> 0;
    }

    // --- what peripherals and the core ask ----------------------------------------------------

    setLine(irq, high) {
        const bit = 1 << irq;
        const was = this.lines;
        this.lines = high ? was | bit : was & ~bit;
        if (high && !(was & bit)) {
            this.becamePending(bit);
        }
    }

    becamePending(bits) {
        if (this.sevOnPend) {
            this.core.event();
        }
        if (bits & this.enabled) {
            this.core.interruptsChanged();
        }
    }

    /** The exception that would be taken now, or 0. */
    next(masked) {
        const { core } = this;
        if (core.pendingNMI && core.IPSR !== NMI) {
            return NMI;
        }
        const candidates = (this.latched | (this.lines & ~this.active)) & this.enabled;
        const system = this.pendSysTick || this.pendSv || core.pendingSVCall;
        if (candidates === 0 && !system) {
            return 0;
        }
        let best = 0;
        let bestPriority = masked ? 0 : this.activePriority();
        if (system) {
            [best, bestPriority] = this.bestSystem(bestPriority);
        }
        for (let bits = candidates; bits !== 0; bits &= bits - 1) {
            const irq = 31 - Math.clz32(bits & -bits);
            if (this.priority[irq] < bestPriority) {
                bestPriority = this.priority[irq];
                best = FIRST_IRQ + irq;
            }
        }
        return best;
    }

    bestSystem(bestPriority) {
        const { core } = this;
        let best = 0;
        const consider = (pending, number, priority) => {
            if (pending && priority < bestPriority) {
                bestPriority = priority;
                best = number;
            }
        };
        consider(core.pendingSVCall, SVCALL, core.SHPR2 >>> 30);
        consider(this.pendSv, PENDSV, (core.SHPR3 >>> 22) & 3);
        consider(this.pendSysTick, SYSTICK, core.SHPR3 >>> 30);
        return [best, bestPriority];
    }

    // Of what executes now. A handler only ever starts above what was active before it.
    activePriority() {
        const number = this.core.IPSR;
        if (number === 0) {
            return THREAD_PRIORITY;
        }
        if (number >= FIRST_IRQ) {
            return this.priority[number - FIRST_IRQ];
        }
        switch (number) {
            case SVCALL:
                return this.core.SHPR2 >>> 30;
            case PENDSV:
                return (this.core.SHPR3 >>> 22) & 3;
            case SYSTICK:
                return this.core.SHPR3 >>> 30;
            default:
                return -1;
        }
    }

    /** The handler starts. */
    acknowledge(number) {
        if (number >= FIRST_IRQ) {
            const bit = 1 << (number - FIRST_IRQ);
            this.latched &= ~bit;
            this.active |= bit;
        } else if (number === NMI) {
            this.core.pendingNMI = false;
        } else if (number === SVCALL) {
            this.core.pendingSVCall = false;
        } else if (number === PENDSV) {
            this.pendSv = false;
        } else {
            this.pendSysTick = false;
        }
    }

    /** The handler has returned. */
    complete(number) {
        if (number >= FIRST_IRQ) {
            const bit = 1 << (number - FIRST_IRQ);
            this.active &= ~bit;
            if (this.sevOnPend && this.lines & bit) {
                this.core.event();
            }
        }
    }

    sysTickElapsed() {
        this.pendSysTick = true;
        this.core.interruptsChanged();
    }

    // --- registers ----------------------------------------------------------------------------

    readUint32(offset) {
        switch (offset) {
            case ISER:
            case ICER:
                return this.enabled >>> 0;
            case ISPR:
            case ICPR:
                return this.pending;
            case CPUID:
                return 0x410cc601;
            case ICSR:
                return this.readIcsr();
            case VTOR:
                return this.core.VTOR;
            case AIRCR:
                return 0xfa050000;
            case SCR:
                return this.scr;
            case CCR:
                return 0x208;
            case SHPR2:
                return this.core.SHPR2;
            case SHPR3:
                return this.core.SHPR3;
            case SHCSR:
            case DFSR:
            case DHCSR:
                return 0; // no debugger is attached
        }
        return this.readGroup(offset);
    }

    readGroup(offset) {
        if (offset >= IPR0 && offset <= IPR7) {
            const first = offset - IPR0;
            let value = 0;
            for (let i = 3; i >= 0; i--) {
                value = (value << 8) | (this.priority[first + i] << 6);
            }
            return value >>> 0;
        }
        if (offset >= SYSTICK_FIRST && offset <= SYSTICK_LAST) {
            return this.systick.read(offset);
        }
        if (offset >= MPU_FIRST && offset <= MPU_LAST) {
            return this.core.mpu.read(offset & 0xfff);
        }
        this.core.chip.warn('PPB', `read of unknown register 0x${offset.toString(16)}`);
        return 0;
    }

    readIcsr() {
        const { core, pending } = this;
        const next = this.next(false);
        return (
            ((core.pendingNMI ? 0x80000000 : 0) |
                (this.pendSv ? 1 << 28 : 0) |
                (this.pendSysTick ? 1 << 26 : 0) |
                (pending & this.enabled ? 1 << 22 : 0) |
                (next << 12) |
                core.IPSR) >>>
            0
        );
    }

    writeUint32(offset, value) {
        switch (offset) {
            case ISER:
                this.enabled |= value;
                this.core.interruptsChanged();
                return;
            case ICER:
                this.enabled &= ~value;
                return;
            case ISPR:
                this.latched |= value;
                this.becamePending(value);
                return;
            case ICPR:
                this.latched &= ~value;
                return;
            case ICSR:
                this.writeIcsr(value);
                return;
            case VTOR:
                this.core.VTOR = (value & ~0xff) >>> 0;
                return;
            case AIRCR:
                if (value >>> 16 === 0x5fa && value & 4) {
                    this.core.chip.onSystemReset('SYSRESETREQ');
                }
                return;
            case SCR:
                this.scr = value;
                this.sevOnPend = (value & 0x10) !== 0;
                if (value & 2) {
                    this.core.chip.warn('PPB', 'SLEEPONEXIT is not modelled');
                }
                return;
            case SHPR2:
                this.core.SHPR2 = value;
                return;
            case SHPR3:
                this.core.SHPR3 = value;
                return;
        }
        this.writeGroup(offset, value);
    }

    writeGroup(offset, value) {
        if (offset >= IPR0 && offset <= IPR7) {
            for (let i = 0; i < 4; i++) {
                this.priority[offset - IPR0 + i] = (value >>> (8 * i + 6)) & 3;
            }
            this.core.interruptsUpdated = true;
        } else if (offset >= SYSTICK_FIRST && offset <= SYSTICK_LAST) {
            this.systick.write(offset, value);
        } else if (offset >= MPU_FIRST && offset <= MPU_LAST) {
            this.core.mpu.write(offset & 0xfff, value);
        } else {
            this.core.chip.warn('PPB', `write of unknown register 0x${offset.toString(16)}`);
        }
    }

    writeIcsr(value) {
        if (value & 0x80000000) {
            this.core.pendingNMI = true;
        }
        if (value & (1 << 28)) {
            this.pendSv = true;
        }
        if (value & (1 << 27)) {
            this.pendSv = false;
        }
        if (value & (1 << 26)) {
            this.pendSysTick = true;
        }
        if (value & (1 << 25)) {
            this.pendSysTick = false;
        }
        this.core.interruptsChanged();
    }
}

