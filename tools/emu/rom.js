// A small boot ROM of our own. It has the tables and entry points that pico-sdk looks up (data
// sheet 2.8); copying is Thumb code, all else is done by a function here that stands behind a
// BKPT instruction in the ROM.

import { addFloats } from './softfloat.js';
import { SECTOR, BLOCK, PAGE } from './flash.js';

const VERSION = 3; // B2 silicon
const MAGIC = 0x10;
const FUNCTION_TABLE = 0x14;
const DATA_TABLE = 0x16;
const LOOKUP = 0x18;
const CODE = 0x100;
const BX_LR = 0x4770;
const BKPT = 0xbe00;
const FLASH_BASE = 0x10000000;
const BOOT2_SIZE = 256;
const BOOT2_RAM = 0x20041f00;
const STACK_TOP = BOOT2_RAM;
const REBOOT_MAGIC = 0xb007c0d3;
const HANDSHAKE_CYCLES = 30; // a word of the hand-shake in the real loop, about

// memcpy: four words at a time where both are aligned, else bytes; answers the destination.
//   mov ip,r0; push {r4,r5,lr}; movs r3,r0; orrs r3,r1; lsls r3,#30; bne bytes
//   quads: subs r2,#16; blo rest; ldmia r1!,{r3,r4,r5}; stmia r0!,{r3,r4,r5}; ldmia r1!,{r3};
//   stmia r0!,{r3}; b quads; rest: adds r2,#16
//   bytes: subs r2,#1; blo done; ldrb r3,[r1]; strb r3,[r0]; adds r1,#1; adds r0,#1; b bytes
//   done: mov r0,ip; pop {r4,r5,pc}
const MEMCPY = [
    0x4684, 0xb530, 0x0003, 0x430b, 0x079b, 0xd107, 0x3a10, 0xd304, 0xc938, 0xc038, 0xc908, 0xc008,
    0xe7f8, 0x3210, 0x3a01, 0xd304, 0x780b, 0x7003, 0x3101, 0x3001, 0xe7f8, 0x4660, 0xbd30,
];

// memset: two words at a time where it is aligned, else bytes; answers the destination.
//   mov ip,r0; push {r4,lr}; uxtb r1,r1; lsls r3,r1,#8; orrs r1,r3; lsls r3,r1,#16; orrs r1,r3;
//   lsls r3,r0,#30; bne bytes; mov r3,r1
//   pairs: subs r2,#8; blo rest; stmia r0!,{r1,r3}; b pairs; rest: adds r2,#8
//   bytes: subs r2,#1; blo done; strb r1,[r0]; adds r0,#1; b bytes; done: mov r0,ip; pop {r4,pc}
const MEMSET = [
    0x4684, 0xb510, 0xb2c9, 0x020b, 0x4319, 0x040b, 0x4319, 0x0783, 0xd105, 0x460b, 0x3a08, 0xd301,
    0xc00a, 0xe7fb, 0x3208, 0x3a01, 0xd302, 0x7001, 0x3001, 0xe7fa, 0x4660, 0xbd10,
];

const code = (name) => name.charCodeAt(0) | (name.charCodeAt(1) << 8);

/** Builds the ROM's memory, and answers calls into it. */
export class Rom {
    constructor(chip) {
        this.chip = chip;
        this.halves = new Uint16Array(chip.bootrom.buffer);
        this.hooks = [];
        this.end = CODE;
        this.expected = 0; // word of the hand-shake that core 1 waits for
        this.launch = [0, 0, 0];
        this.functions = {};
        this.data = {};
        this.build();
    }

    // --- building -------------------------------------------------------------------------------

    build() {
        this.addFunctions();
        addFloats(this);
        this.startCore0 = this.hook(() => this.chip.onSystemReset('jump to the ROM'));
        this.startCore1 = this.hook((core) => this.core1Start(core));
        this.waitForVector = this.hook((core) => this.handshake(core));
        this.functions.WV = this.waitForVector;
        this.putTable(FUNCTION_TABLE, this.functions, 1);
        this.putTable(DATA_TABLE, this.data, 0);
        this.halves[LOOKUP / 2] = this.hook((core) => this.lookup(core)) | 1;
        this.chip.bootrom[0] = STACK_TOP;
        this.chip.bootrom[1] = this.startCore0 | 1;
        this.halves[MAGIC / 2] = code('Mu');
        this.halves[MAGIC / 2 + 1] = 1 | (VERSION << 8);
    }

    /** Place Thumb code; answers its address. */
    place(halves) {
        const address = this.end;
        halves.forEach((half, i) => {
            this.halves[address / 2 + i] = half;
        });
        this.end += halves.length * 2 + ((halves.length * 2) & 2);
        return address;
    }

    /** An entry point that calls a function of ours with the core; answers its address. */
    hook(call) {
        this.hooks.push(call);
        return this.place([BKPT | (this.hooks.length - 1), BX_LR]);
    }

    putTable(pointer, entries, thumb) {
        const halves = Object.entries(entries).flatMap(([name, at]) => [code(name), at | thumb]);
        this.halves[pointer / 2] = this.place([...halves, 0, 0]);
    }

    /** Place words that are preceded by their number, as the floating point tables are. */
    placeWords(words) {
        this.place([words.length, words.length]);
        return this.place(words.flatMap((word) => [word & 0xffff, word >>> 16]));
    }

    addFunctions() {
        const { chip } = this;
        const flash = chip.flashUnit;
        const bits = (of) => (core) => {
            core.registers[0] = of(core.registers[0]);
            core.penalty += 10;
        };
        const copy = this.place(MEMCPY);
        const fill = this.place(MEMSET);
        Object.assign(this.functions, {
            MC: copy,
            C4: copy,
            MS: fill,
            S4: fill,
            P3: this.hook(bits(population)),
            R3: this.hook(bits(reversed)),
            L3: this.hook(bits(Math.clz32)),
            T3: this.hook(bits((x) => (x === 0 ? 32 : 31 - Math.clz32(x & -x)))),
            UB: this.hook(() => chip.onStop('the firmware called reset_usb_boot')),
            DT: this.hook(() => {}),
            DE: this.hook(() => {}),
            IF: this.hook(() => {}),
            EX: this.hook(() => (flash.xipOn = false)),
            FC: this.hook(() => {
                flash.flushCache();
                chip.ssi.forceSelect(null);
            }),
            CX: this.hook(() => (flash.xipOn = true)),
            RE: this.hook((core) => this.flashCall(core, eraseSteps)),
            RP: this.hook((core) => this.flashCall(core, programSteps)),
        });
    }

    // --- calls ----------------------------------------------------------------------------------

    /** A core has come to a BKPT in the ROM. */
    call(core, number) {
        const hook = this.hooks[number];
        if (hook === undefined) {
            this.chip.warn('ROM', `core ${core.index} runs where no ROM function is`);
            return;
        }
        hook(core);
    }

    lookup(core) {
        const [table, wanted] = core.registers;
        core.registers[0] = 0;
        for (let at = table; core.readUint16(at) !== 0; at += 4) {
            core.penalty += 8;
            if (core.readUint16(at) === (wanted & 0xffff)) {
                core.registers[0] = core.readUint16(at + 2);
                return;
            }
        }
    }

    // Erase and program take one step after the other; between them the core waits as the real
    // ROM polls, and interrupts may come in.
    flashCall(core, plan) {
        const flash = this.chip.flashUnit;
        if (flash.xipOn) {
            this.chip.warn('ROM', 'flash is erased or programmed while XIP is on');
        }
        core.romSteps ??= plan(core, flash);
        if (!flash.busy) {
            const step = core.romSteps.shift();
            if (step === undefined) {
                core.romSteps = undefined;
                return;
            }
            step();
        }
        core.romAlarm ??= this.chip.clock.createAlarm(() => {
            if (core.sleep === 'rom') {
                core.wake();
            }
        });
        core.romAlarm.at(flash.busyUntil);
        core.waitInRom();
    }

    // --- starting the cores ---------------------------------------------------------------------

    /** Power-on or watchdog: where core 0 goes. */
    boot() {
        const { cores, watchdog } = this.chip;
        const [core0, core1] = cores;
        core1.restart(this.startCore1);
        const scratch = watchdog.scratchData;
        const pc = scratch[7];
        if (scratch[4] === REBOOT_MAGIC && scratch[5] === (pc ^ -REBOOT_MAGIC) >>> 0) {
            scratch[4] = 0;
            core0.restart(pc & ~1);
            core0.registers[13] = scratch[6];
            return;
        }
        this.startImage(core0);
    }

    startImage(core) {
        const { ramEntry, flashUnit, sram } = this.chip;
        if (ramEntry !== null) {
            this.startAt(core, ramEntry);
        } else if (boot2IsValid(flashUnit.bytes)) {
            flashUnit.xipOn = true;
            sram.set(flashUnit.bytes.subarray(0, BOOT2_SIZE), BOOT2_RAM - 0x20000000);
            core.restart(BOOT2_RAM);
            core.registers[13] = STACK_TOP;
        } else {
            this.startAt(core, FLASH_BASE + BOOT2_SIZE);
        }
    }

    /** At a vector table. */
    startAt(core, table) {
        core.restart(0);
        core.VTOR = table;
        core.registers[13] = core.readUint32(table);
        core.registers[15] = core.readUint32(table + 4) & ~1;
    }

    core1Start(core) {
        const { sio } = this.chip;
        sio.mailboxes[core.index].words.length = 0;
        sio.push(core.index, 0);
        this.chip.sendEvent();
        this.expected = 0;
        core.registers[15] = this.waitForVector;
    }

    // 0, 0, 1, vector table, stack, entry; each word is sent back, a wrong one starts over.
    handshake(core) {
        const { sio } = this.chip;
        const { words } = sio.mailboxes[core.index];
        if (words.length === 0) {
            core.waitInRom();
            return;
        }
        const word = sio.pop(core.index);
        core.penalty += HANDSHAKE_CYCLES;
        if (this.expected < 3) {
            const right = word === [0, 0, 1][this.expected];
            this.expected = right ? this.expected + 1 : word === 0 ? 1 : 0;
        } else {
            this.launch[this.expected - 3] = word;
            this.expected++;
        }
        sio.push(core.index, word);
        this.chip.sendEvent();
        core.registers[15] = core.at;
        if (this.expected === 6) {
            this.expected = 0;
            const [table, stack, entry] = this.launch;
            core.VTOR = table;
            core.registers[13] = stack;
            core.registers[14] = this.waitForVector | 1;
            core.registers[15] = entry & ~1;
        }
    }
}

// --- what the functions do --------------------------------------------------------------------

function population(x) {
    let count = 0;
    for (; x !== 0; x &= x - 1) {
        count++;
    }
    return count;
}

function reversed(x) {
    let result = 0;
    for (let i = 0; i < 32; i++) {
        result = (result << 1) | ((x >>> i) & 1);
    }
    return result >>> 0;
}

// flash_range_erase(offset, count, block_size, block_cmd): blocks where they fit, else sectors.
function eraseSteps(core, flash) {
    const [start, count, block] = core.registers;
    const steps = [];
    for (let at = start; at < start + count; ) {
        const whole = block === BLOCK && at % BLOCK === 0 && start + count - at >= BLOCK;
        const here = at;
        steps.push(() => (whole ? flash.eraseBlock(here) : flash.eraseSector(here)));
        at += whole ? BLOCK : SECTOR;
    }
    return steps;
}

// flash_range_program(offset, data, count): the data is read when its page is sent.
function programSteps(core, flash) {
    const [start, data, count] = core.registers;
    const steps = [];
    for (let at = 0; at < count; at += PAGE) {
        const length = Math.min(PAGE, count - at);
        steps.push(() => {
            const bytes = Array.from({ length }, (_, i) => core.readUint8(data + at + i));
            flash.programPage(start + at, bytes);
        });
    }
    return steps;
}

// The ROM's own check: a CRC-32 (0x04c11db7, not reflected) over 252 bytes, in the last four.
function boot2IsValid(bytes) {
    let crc = 0xffffffff;
    for (let i = 0; i < BOOT2_SIZE - 4; i++) {
        crc ^= bytes[i] << 24;
        for (let bit = 0; bit < 8; bit++) {
            crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
        }
    }
    const stored = new DataView(bytes.buffer).getUint32(BOOT2_SIZE - 4, true);
    return crc >>> 0 === stored;
}
