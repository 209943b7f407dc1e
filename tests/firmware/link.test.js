// The network over SLIP, with clients of this machine, while core 0 writes the flash and core 1
// keeps a beat of 10 ms. The clients live in real time, so the runs are no two alike; what is
// asserted does not depend on time.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { Net } from '../../tools/emu/net.js';
import { problems, program } from './firmware.js';

const KILO = 1024;
const PERIOD_MS = 10;

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    return port;
}

const pattern = (size) => Buffer.from(Array.from({ length: size }, (_, i) => i % 251));

/** A machine with its network, up; `ports`: of this machine, by those of the device. */
async function start(t) {
    const ports = { 7: await freePort(), 9: await freePort(), 19: await freePort() };
    const udp = await freePort();
    const forwards = Object.entries(ports).map(([to, from]) => `${from}:${to}`);
    const machine = program('link');
    const net = new Net(machine, [...forwards, `udp:${udp}:7`].join(','));
    t.after(() => net.close());
    assert.ok(await net.run(20000, () => machine.uartText.includes('\n')));
    assert.equal(machine.uartLines[0].text, 'address 10.0.2.15');
    return { machine, net, ports, udp };
}

/** Send `bytes`, and all that comes until the device ends; with `size`, until so much has come. */
async function talk(port, bytes, size = Infinity) {
    const socket = connect(port, '127.0.0.1');
    const pieces = [];
    let got = 0;
    socket.end(bytes);
    for await (const piece of socket) {
        pieces.push(piece);
        got += piece.length;
        if (got >= size) {
            break;
        }
    }
    return Buffer.concat(pieces);
}

/** The beat was kept from the first to the last one. */
function assertBeat(machine) {
    const expected = machine.ms / PERIOD_MS;
    assert.equal(machine.read32('beats_missed'), 0);
    assert.ok(machine.read32('beats') > expected - 20, `${machine.read32('beats')} of ${expected}`);
    assert.ok(machine.read32('late_us_longest') <= 10, `${machine.read32('late_us_longest')} us`);
}

test('64 KB each way, byte for byte, while the flash is written', async (t) => {
    const { machine, net, ports } = await start(t);
    const bytes = pattern(64 * KILO);
    const told = await net.during(talk(ports[9], bytes));
    assert.equal(told.toString(), `${bytes.length}\n`);
    const got = await net.during(talk(ports[19], `${bytes.length}\n`));
    assert.ok(got.equals(bytes), `${got.length} bytes`);
    assert.ok((await net.during(talk(ports[7], bytes))).equals(bytes));
    assert.ok(machine.read32('writes') >= 10);
    assert.equal(machine.read32('frames_lost'), 0);
    assertBeat(machine);
    assert.deepEqual(problems(machine), []);
});

test('datagrams of every size, each answered with itself', async (t) => {
    const { machine, net, udp } = await start(t);
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    for (const size of [1, 2, 191, 192, 193, 600, 1472]) {
        const sent = Buffer.alloc(size, size % 7 === 0 ? 0xc0 : 0xdb); // twice as long on the line
        const answer = once(socket, 'message');
        socket.send(sent, udp, '127.0.0.1');
        const [message] = await net.during(answer, 5000);
        assert.ok(message.equals(sent), `${size} bytes`);
    }
    assert.equal(machine.read32('frames_lost'), 0);
    assert.deepEqual(problems(machine), []);
});

test('noise on the line is lost, and counted; the next packet is not', async (t) => {
    const { machine, net, ports } = await start(t);
    machine.type(Buffer.from([0xc0, 0x45, 0xdb, 0x45, 0xc0]), 1);
    machine.type(Buffer.concat([Buffer.alloc(1501, 1), Buffer.from([0xc0])]), 1);
    await net.run(50);
    assert.equal(machine.read32('frames_lost'), 2);
    assert.equal((await net.during(talk(ports[7], 'hello'))).toString(), 'hello');
});

test('more than the ring holds is lost, and counted; then it goes on', async (t) => {
    const { machine, net, ports } = await start(t);
    const packet = [...Buffer.alloc(99, 2), 0xc0];
    machine.write32('hold_ms', 200); // core 0 does not look for so long
    machine.type(Buffer.from(Array(150).fill(packet).flat()), 1);
    await net.run(250);
    assert.ok(machine.read32('frames_in') < 100, `${machine.read32('frames_in')} of 150`);
    assert.equal((await net.during(talk(ports[7], 'hello'))).toString(), 'hello');
    assert.equal(machine.read32('frames_lost'), 1); // all that was in the ring, as one
});
