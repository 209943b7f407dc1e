// Our decoder beside the library's, on random instructions and registers; and by hand where the
// library is known to set the carry wrongly.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { RP2040 } from '../../tools/emu/library.js';
import { Machine } from '../../tools/emu/machine.js';
import { Random } from '../../tools/emu/random.js';
import { build } from './build.js';

const CODE = 0x20001000;
const DATA = 0x20008000;
const INTERESTING = [0, 1, 2, 31, 32, 33, 0x7fffffff, 0x80000000, 0xffffffff, 0xff, 0xffff];

const machine = new Machine(build('race'));
const [ours] = machine.chip.cores;
const library = new RP2040();
library.logger = { debug() {}, info() {}, warn() {}, error() {} };
const theirs = library.core;

function setUp(core, ram, opcodes, registers, flags) {
    new Uint16Array(ram.buffer).set(opcodes, (CODE - 0x20000000) / 2);
    core.registers.set(registers);
    core.registers[13] = DATA + 0x1000;
    core.registers[15] = CODE;
    [core.N, core.Z, core.C, core.V] = flags;
}

// Flags, registers, and what may have been stored, as text: quick to compare, and to read.
function state(core, ram, withoutFlag) {
    const flags = ['N', 'Z', 'C', 'V'].filter((f) => f !== withoutFlag && core[f]);
    const registers = [...core.registers.slice(0, 15), core.registers[15] & ~1];
    const data = Buffer.from(ram.buffer, DATA - 0x20000000, 64).toString('hex');
    return `${flags.join('')} ${registers.map((r) => (r >>> 0).toString(16))} ${data}`;
}

function both(opcodes, registers, flags, withoutFlag) {
    setUp(ours, machine.chip.sram, opcodes, registers, flags);
    setUp(theirs, library.sram, opcodes, registers, flags);
    machine.clock.core = ours;
    ours.at = CODE;
    ours.execute(opcodes[0], CODE);
    machine.clock.core = null;
    theirs.executeInstruction();
    return [ours, theirs].map((core) =>
        state(core, core === ours ? machine.chip.sram : library.sram, withoutFlag),
    );
}

const random = new Random(1);
const word = () => {
    const special = random.next() < 0.4;
    return special
        ? INTERESTING[random.between(0, INTERESTING.length - 1)]
        : random.between(0, 0xffffffff);
};
const flags = () => [0, 0, 0, 0].map(() => random.next() < 0.5);

// Where the library errs: the carry of shifts by a register for 0 and for more than 32, and the
// overflow of ADCS and SBCS when the second operand and the carry overflow by themselves.
const addsCarry = (opcode) => opcode >>> 6 === 0x105 || opcode >>> 6 === 0x106;
const isRegisterShift = (opcode) =>
    opcode >>> 10 === 0x10 && [2, 3, 4, 7].includes((opcode >>> 6) & 0xf);

function compare(opcodes, registers) {
    const [opcode] = opcodes;
    const withoutFlag = isRegisterShift(opcode) ? 'C' : addsCarry(opcode) ? 'V' : undefined;
    const [our, their] = both(opcodes, registers, flags(), withoutFlag);
    assert.equal(our, their, `${opcode.toString(16)}:\n${our}\n${their}`);
}

function registersWith(make) {
    return Array.from({ length: 16 }, make);
}

test('arithmetic, logic, shifts, immediates', () => {
    for (let i = 0; i < 20000; i++) {
        const opcode = random.between(0, 0x43ff);
        compare([opcode], registersWith(word));
    }
});

test('high registers, addresses, extensions, reversals', () => {
    const groups = [0x4400, 0x4500, 0x4600, 0xa000, 0xa800, 0xb000, 0xb080, 0xb200, 0xba00];
    for (let i = 0; i < 10000; i++) {
        const group = groups[random.between(0, groups.length - 1)];
        const span = group >= 0xa000 && group < 0xb000 ? 0x7ff : group >= 0xb200 ? 0x3f : 0x7f;
        const opcode = group | random.between(0, span);
        const unassigned = (opcode & 0xffc0) === 0xba80;
        const withSp = (opcode & 0x87) === 0x85 || (opcode & 0x78) === 0x68;
        if (!unassigned && !(opcode >>> 10 === 0x11 && withSp)) {
            compare([opcode], registersWith(word));
        }
    }
});

test('branches, taken and not', () => {
    for (let i = 0; i < 3000; i++) {
        const condition = random.between(0, 13);
        compare([0xd000 | (condition << 8) | random.between(0, 255)], registersWith(word));
        compare([0xe000 | random.between(0, 0x7ff)], registersWith(word));
        const first = 0xf000 | random.between(0, 0x7ff);
        compare([first, 0xd000 | random.between(0, 0xfff) | 0x1000], registersWith(word));
    }
});

test('loads and stores, one and many', () => {
    const near = () => DATA + 4 * random.between(0, 3);
    const small = (opcode) => (opcode & 0xf800) === 0x5000 || (opcode & 0xf000) === 0x5000;
    for (let i = 0; i < 10000; i++) {
        const group = [0x5000, 0x6000, 0x7000, 0x8000, 0x9000, 0xc000][i % 6];
        const opcode = group | random.between(0, 0xfff);
        const registers = registersWith(near);
        if (small(opcode)) {
            const [n, m] = [(opcode >>> 3) & 7, (opcode >>> 6) & 7];
            registers[m] = 8; // the offset
            registers[n] = m === n ? DATA / 2 : DATA;
        }
        const base = (opcode >>> 8) & 7;
        const storesBase = opcode >>> 11 === 0x18 && (opcode >>> base) & 1;
        if (!storesBase && (opcode >>> 12 !== 0xc || opcode & 0xff)) {
            compare([opcode], registers);
        }
    }
});

test('push and pop', () => {
    for (let i = 0; i < 2000; i++) {
        compare([0xb400 | random.between(1, 0x1ff)], registersWith(word));
        compare([0xbc00 | random.between(1, 0xff)], registersWith(word));
    }
});

// opcode, r0, r1, carry before → r0, carry after
const BY_HAND = [
    ['adcs', 0x4148, 0x7fffffff, 0x2a1428bc, true, 0xaa1428bc, false],
    ['lsls by 0', 0x4088, 0x80000001, 0, true, 0x80000001, true],
    ['lsls by 32', 0x4088, 1, 32, false, 0, true],
    ['lsls by 33', 0x4088, 1, 33, true, 0, false],
    ['lsrs by 0', 0x40c8, 0x80000000, 0, false, 0x80000000, false],
    ['lsrs by 32', 0x40c8, 0x80000000, 32, false, 0, true],
    ['lsrs by 33', 0x40c8, 0x80000000, 33, true, 0, false],
    ['asrs by 0', 0x4108, 0x80000000, 0, false, 0x80000000, false],
    ['asrs by 200', 0x4108, 0x80000000, 200, false, 0xffffffff, true],
    ['rors by 0', 0x41c8, 0x80000000, 0, false, 0x80000000, false],
    ['rors by 32', 0x41c8, 0x80000000, 32, false, 0x80000000, true],
];

BY_HAND.forEach(([name, opcode, r0, r1, before, result, carry]) => {
    test(`carry: ${name}`, () => {
        setUp(ours, machine.chip.sram, [opcode], [r0, r1], [false, false, before, false]);
        ours.execute(opcode, CODE);
        assert.equal(ours.registers[0], result);
        assert.equal(ours.C, carry);
    });
});
