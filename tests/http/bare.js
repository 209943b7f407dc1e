// A listener that answers each request at once, and does nothing else: it tells its parent its
// port, and ends with it.

import { createServer } from 'node:net';

const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 },
    () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
