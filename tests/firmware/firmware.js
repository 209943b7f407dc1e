// Machines with the project's firmware.

import { fileURLToPath } from 'node:url';
import { Machine, readImage } from '../../tools/emu/machine.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const images = new Map();

/** Emulator warnings that are no failure, each with its reason. */
export const ALLOWED = [];

function image(path) {
    if (!images.has(path)) {
        images.set(path, readImage(`${root}build/pico/${path}`));
    }
    return images.get(path);
}

/** A machine that runs apps/NAME. */
export const app = (name, options) => new Machine(image(`apps/${name}/${name}.elf`), options);

/** A machine that runs tests/firmware/programs/NAME.c. */
export const program = (name, options) =>
    new Machine(image(`tests/firmware/programs/${name}.elf`), options);

export const texts = (machine) => machine.uartLines.map(({ text }) => text);

export const problems = (machine) => machine.problems({ allowed: ALLOWED });
