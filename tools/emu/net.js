// The network behind a UART: tools/nat, which speaks SLIP, as a process beside this one.
//
// Its clients live in real time, so a machine that is joined to it must not run ahead of that: with
// nothing to do, it would be hours on before an answer has come. Pace lets simulated time pass as
// fast as real time at most, in every stretch of it: what was late stays late. So no time limit of
// the firmware ends early for who talks to it; on a slow machine it is a slow device.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../build/host/tools/nat/nat', import.meta.url));
const END = 0xc0; // of a packet, in SLIP
export const NET_SLICE_MS = 1; // of simulated time between looks at the network

export class Pace {
    constructor(machine) {
        this.machine = machine;
        this.simulated = machine.ms;
        this.real = performance.now();
    }

    /** Come back when real time is where simulated time is, and what came meanwhile was taken. */
    async wait() {
        const now = performance.now();
        const ahead = this.machine.ms - this.simulated - (now - this.real);
        if (ahead < 0) {
            this.simulated = this.machine.ms;
            this.real = now;
        }
        await new Promise((done) => (ahead > 1 ? setTimeout(done, ahead) : setImmediate(done)));
    }
}

export class Net {
    /** `forwards`: as for tools/nat, "8081:80,udp:5568"; `onEnd(text)`: nat has ended. */
    constructor(machine, forwards, { uart = 1, onEnd = () => {} } = {}) {
        if (!existsSync(PROGRAM)) {
            throw new Error('the network is missing: cmake --build --preset host --target nat');
        }
        this.machine = machine;
        this.pace = new Pace(machine);
        this.packet = []; // bytes that the device has sent of one that is not over
        this.child = spawn(PROGRAM, [forwards], { stdio: ['pipe', 'pipe', 'inherit'] });
        this.child.stdout.on('data', (bytes) => machine.type(bytes, uart));
        this.child.stdin.on('error', () => {}); // it has ended, and says so itself
        this.child.on('exit', (code) => this.closed || onEnd(`the network has ended (${code})`));
        const line = machine.lines[uart];
        line.keeps = false;
        line.onBytes = (byte) => this.send(byte);
    }

    send(byte) {
        this.packet.push(byte);
        if (byte === END && this.packet.length > 1) {
            this.child.stdin.write(Buffer.from(this.packet));
            this.packet = [];
        }
    }

    /** Run the machine for so many milliseconds, or until `over()`; answers what that answered. */
    async run(ms, over = () => false) {
        const end = this.machine.ms + ms;
        while (!over() && this.machine.ms < end) {
            this.machine.run(NET_SLICE_MS);
            await this.pace.wait();
        }
        return over();
    }

    /** Run the machine while `promise` is open, `withinMs` of simulated time at most. */
    async during(promise, withinMs = 60000) {
        let open = true;
        const settled = promise.finally(() => (open = false));
        settled.catch(() => {}); // the caller gets it
        if (!(await this.run(withinMs, () => !open))) {
            throw new Error(`not over within ${withinMs} ms of simulated time`);
        }
        return settled;
    }

    close() {
        this.closed = true;
        this.child.stdin.end();
        this.child.kill();
    }
}
