// A program as a device of its own: a process of this machine, or, with YOKE_DEVICE=emulator, the
// firmware for the pico in the emulator, its link joined to the same user-mode network. Both have
// a console on standard input and output, and their port 80 on a free port of this machine.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as path } from 'node:path';
import { fileURLToPath } from 'node:url';

export const isEmulated = process.env.YOKE_DEVICE === 'emulator';

const root = fileURLToPath(new URL('../../', import.meta.url));

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/** The file that is run: `program` is built for this machine, `image` for the pico. */
export const fileOf = ({ program, image }) => path(root, isEmulated ? image : program);

/**
 * Start it, for so many seconds at most. Answers { port, url, child, ended, end }: `ended` is
 * settled with the exit status, `end()` asks for it in the device's own way (`quit`: a line of its
 * console, or else the end of its input), or ends the emulator, and answers the same. The status of
 * the emulator, which has `emulator` as further options, is 0 if nothing went wrong in it.
 */
export async function launch(what, options = {}) {
    const { seconds = 120, quit, environment = {}, emulator = [] } = options;
    const port = await freePort();
    const state = mkdtempSync(join(tmpdir(), 'yoke-'));
    const limit = isEmulated ? seconds * 10 : seconds;
    const command = isEmulated
        ? [`${root}tools/emu/emu`, fileOf(what), '--net', `${port}:80`, ...emulator]
        : [fileOf(what)];
    const child = spawn('timeout', ['-k', '1', `${limit}`, ...command], {
        env: { ...process.env, YOKE_FORWARD: `${port}:80`, YOKE_STATE: state,
            YOKE_DRAW: '0', ...environment },
        stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.on('error', () => {}); // it has ended, and says so itself
    const ended = new Promise((resolve) => child.on('exit', (code) => {
        rmSync(state, { recursive: true, force: true });
        resolve(code);
    }));
    const end = () => {
        if (isEmulated) child.kill();
        else child.stdin.end(quit);
        return ended;
    };
    return { port, url: `http://localhost:${port}`, child, ended, end };
}
