// Builds a test program with the cross compiler, once, into build/emu/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../../build/emu/', import.meta.url));
const FLAGS = [
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

/** Path of the ELF file of firmware/NAME.c, for another processor if one is named. */
export function build(name, processor = 'cortex-m0plus') {
    const key = `${name}-${processor}`;
    if (!built.has(key)) {
        built.set(key, compile(name, processor, `${out}${key}-${process.pid}.elf`));
    }
    return built.get(key);
}

// Test files run side by side: each has its own copy.
function compile(name, processor, elf) {
    mkdirSync(out, { recursive: true });
    process.on('exit', () => rmSync(elf, { force: true }));
    const sources = ['start.c', `${name}.c`].map((file) => `${here}firmware/${file}`);
    const script = `${here}firmware/link.ld`;
    const words = [`-mcpu=${processor}`, ...FLAGS, '-T', script, '-o', elf, ...sources, '-lgcc'];
    execFileSync('arm-none-eabi-gcc', words);
    return elf;
}
