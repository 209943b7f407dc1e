// Machines with the project's firmware.

import { fileURLToPath } from 'node:url';
import { readImage } from '../../tools/emu/machine.js';
import { ALLOWED, WatchedMachine } from '../lib/machines.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const images = new Map();

function image(path) {
    if (!images.has(path)) {
        images.set(path, readImage(`${root}build/pico/${path}`));
    }
    return images.get(path);
}

/** A machine that runs apps/NAME. */
export const app = (name, options) =>
    new WatchedMachine(image(`apps/${name}/${name}.elf`), options);

/** A machine that runs tests/firmware/programs/NAME.c. */
export const program = (name, options) =>
    new WatchedMachine(image(`tests/firmware/programs/${name}.elf`), options);

export const texts = (machine) => machine.uartLines.map(({ text }) => text);

export const problems = (machine) => machine.problems({ allowed: ALLOWED });
