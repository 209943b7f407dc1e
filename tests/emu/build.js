// Builds a test program with the cross compiler, once, into build/emu/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../../build/emu/', import.meta.url));
const FLAGS = [
    '-mcpu=cortex-m0plus',
    '-mthumb',
    '-std=c11',
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-ffreestanding',
    '-fno-tree-loop-distribute-patterns',
    '-nostdlib',
    '--param=min-pagesize=0', // the ROM's tables are at low addresses, and no mistake
];
const built = new Map();

/** Path of the ELF file of firmware/NAME.c. */
export function build(name) {
    if (!built.has(name)) {
        built.set(name, compile(name));
    }
    return built.get(name);
}

// Test files run side by side: each has its own copy.
function compile(name) {
    mkdirSync(out, { recursive: true });
    const elf = `${out}${name}-${process.pid}.elf`;
    process.on('exit', () => rmSync(elf, { force: true }));
    const sources = ['start.c', `${name}.c`].map((file) => `${here}firmware/${file}`);
    const script = `${here}firmware/link.ld`;
    execFileSync('arm-none-eabi-gcc', [...FLAGS, '-T', script, '-o', elf, ...sources, '-lgcc']);
    return elf;
}
