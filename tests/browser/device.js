// The seed program as a device, on a free port of this machine.

import assert from 'node:assert/strict';
import { isEmulated, launch, pause } from '../lib/device.js';

export const SEED = {
    program: process.env.YOKE_SEED_PROGRAM ?? 'build/host/apps/seed/seed',
    image: 'build/pico/apps/seed/seed.elf',
};

// Answers { port, url, child, ended, output, stop, restarted }; the device answers already.
export async function start(options = {}) {
    const { port, url, child, ended, end } = await launch(SEED, { quit: 'quit\n', ...options });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    for (let i = 0; ; i++) {
        try {
            await fetch(`${url}/api/app`, { signal: AbortSignal.timeout(2000) });
            break;
        } catch (error) {
            if (i === 50 || child.exitCode !== null) throw error;
            await pause(200);
        }
    }
    // It has ended in order to be started again: the program by its status, the chip by itself.
    const restarted = async () => {
        if (!isEmulated) {
            assert.equal(await ended, 75);
            return;
        }
        await eventually('a restart', () => /^The device was .*restarted/m.test(output));
        assert.equal(await end(), 0);
    };
    return { port, url, child, ended, output: () => output, stop: end, restarted };
}

// Ask again and again until the answer is yes.
export async function eventually(what, question) {
    for (let i = 0; i < 300; i++) {
        if (await question()) return;
        await pause(50);
    }
    assert.fail(`never: ${what}`);
}
