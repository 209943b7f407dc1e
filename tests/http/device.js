// A run of the device (device.c) on a port of its own.

import { spawn } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { createInterface } from 'node:readline';

const PROGRAM = process.env.YOKE_HTTP_DEVICE ?? 'build/host/tests/http/test_http.device';

export async function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

export class Device {
    static async start(environment = {}) {
        const device = new Device();
        device.port = await freePort();
        device.url = `http://localhost:${device.port}`;
        device.process = spawn('timeout', ['-k', '1', '120', PROGRAM], {
            env: { ...process.env, YOKE_APP_PRIORITY: '0', YOKE_FORWARD: `${device.port}:80`,
                ...environment },
            stdio: ['pipe', 'pipe', 'inherit'],
        });
        device.ended = new Promise((resolve) => device.process.on('exit', resolve));
        device.lines = createInterface(device.process.stdout)[Symbol.asyncIterator]();
        const first = await device.lines.next();
        if (first.value !== 'ready') throw new Error(`the device says ${first.value}`);
        return device;
    }

    async counters() {
        this.process.stdin.write('\n');
        return JSON.parse((await this.lines.next()).value);
    }

    // Ask again until the counters are so.
    async until(isSo) {
        for (let i = 0; i < 300; i++) {
            const counters = await this.counters();
            if (isSo(counters)) return counters;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`never: ${isSo}, but ${JSON.stringify(await this.counters())}`);
    }

    async end() {
        this.process.stdin.end();
        return this.ended;
    }

    // A bare connection: what comes is in `text`; `whenClosed` is settled when it ends.
    connect(text = '') {
        const socket = connect(this.port, '127.0.0.1');
        socket.text = '';
        socket.on('error', () => {});
        socket.on('data', (data) => { socket.text += data; });
        socket.whenClosed = new Promise((resolve) => socket.on('close', resolve));
        if (text) socket.write(text);
        return socket;
    }

    // All that comes after `text`, until the device ends the connection.
    async raw(text) {
        const socket = this.connect(text);
        await socket.whenClosed;
        return socket.text;
    }
}
