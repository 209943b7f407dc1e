// A run of the device (device.c) on a port of its own.

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { launch, pause } from '../lib/device.js';

const DEVICE = {
    program: process.env.YOKE_HTTP_DEVICE ?? 'build/host/tests/http/test_http.device',
    image: 'build/pico/tests/firmware/programs/http_device.elf',
};

export class Device {
    static async start() {
        const device = new Device();
        const { port, url, child, end } = await launch(DEVICE,
            { environment: { YOKE_APP_PRIORITY: '0' } });
        Object.assign(device, { port, url, process: child, end });
        // A firmware's line ends with two characters, which a busy machine takes long between.
        const lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
        device.lines = lines[Symbol.asyncIterator]();
        const first = await device.lines.next();
        if (first.value !== 'ready') throw new Error(`the device says ${first.value}`);
        return device;
    }

    async say(line) {
        this.process.stdin.write(`${line}\n`);
        return JSON.parse((await this.lines.next()).value);
    }

    counters() {
        return this.say('');
    }

    // From now on clients must bear this token.
    wantToken(token) {
        return this.say(token);
    }

    // Ask again until the counters are so.
    async until(isSo) {
        for (let i = 0; i < 300; i++) {
            const counters = await this.counters();
            if (isSo(counters)) return counters;
            await pause(50);
        }
        throw new Error(`never: ${isSo}, but ${JSON.stringify(await this.counters())}`);
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
