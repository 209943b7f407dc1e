// The seed program as a device, on a free port of this machine.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = new URL('../../build/host/apps/seed/seed', import.meta.url).pathname;

const freePort = () => new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});

// Answers { url, child, ended, stop }; the device answers already.
export async function start() {
    const port = await freePort();
    const state = mkdtempSync(path.join(os.tmpdir(), 'yoke-'));
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env,
        YOKE_FORWARD: `${port}:80`, YOKE_STATE: state, YOKE_DRAW: '0' } });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    const ended = new Promise((resolve) => child.on('exit', (code) => {
        rmSync(state, { recursive: true, force: true });
        resolve(code);
    }));
    const url = `http://localhost:${port}`;
    for (let i = 0; ; i++) {
        try {
            await fetch(`${url}/api/app`, { signal: AbortSignal.timeout(2000) });
            break;
        } catch (error) {
            if (i === 50 || child.exitCode !== null) throw error;
            await sleep(200);
        }
    }
    return { url, ended, output: () => output, stop: () => {
        child.stdin.write('quit\n');
        return ended;
    } };
}

// Ask again and again until the answer is yes.
export async function eventually(what, question) {
    for (let i = 0; i < 300; i++) {
        if (await question()) return;
        await sleep(50);
    }
    assert.fail(`never: ${what}`);
}
