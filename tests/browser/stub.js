// A device that is none: it serves the scope page, and events as services/scope writes them.
//   node stub.js [PORT]

import http from 'node:http';
import { readFileSync } from 'node:fs';

const page = new URL('../../services/scope/page/', import.meta.url);
const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };

// The same headers as services/http gives: what these forbid must not be needed.
const security = {
    'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
};

const lanes = [
    { id: 0, core: 0, name: 'http_connection_body' },
    { id: 1, core: 0, name: 'net_body' },
    { id: 2, core: 0, name: 'log_body' },
    { id: 16, core: 1, name: 'rainbow' },
    { id: 17, core: 1, name: 'Worker 0' },
    { id: 18, core: 1, name: 'Worker 1' },
];

export function account(name, fields) {
    return {
        name, state: 'active', period_us: 10000, budget_us: 10000, runs: 0, run_us_last: 31,
        run_us_longest: 44, run_us_total: 0, late_us_longest: 3, late_after: null, skips: 0,
        overruns: 0, errors: 0, error_last: 0, held: 0, late: [], ...fields,
    };
}

function spansOf(now, missing) {
    const spans = [];
    for (let ms = 80; ms >= 10; ms -= 10) {
        if (!missing || ms > 40) spans.push(16, ms * 1000, 31, 31);
    }
    spans.push(17, 60300, 9, 9, 18, 60400, 8, 8);
    for (let i = 0; i < 5; i++) {
        const length = 1000 + ((now >>> 8) + i * 37) % 7000;
        spans.push(i % 2, 78000 - i * 9000, length, Math.round(length * (0.2 + 0.15 * i)));
    }
    spans.push(2, 41000, 300, 120);
    return spans;
}

// One client: `plan.misses` of a later worker, and its own clock.
function stream(response, plan) {
    const send = (event, data) => response.write(`event: ${event}\ndata: ${data}\n\n`);
    let updates = 0;
    const begin = Date.now();
    const timer = setInterval(() => {
        const now = (plan.start + (Date.now() - begin) * 1000) >>> 0;
        if (updates % 25 === 0) for (const lane of lanes) send('lane', JSON.stringify(lane));
        const missing = plan.misses && updates === 20;
        send('spans', JSON.stringify({ now, lost: plan.lost, running: [],
            spans: spansOf(now, missing) }));
        if (updates % 5 === 0) {
            const runs = 12345 + updates * 8;
            for (const a of plan.workers(runs, updates > 20 ? plan.misses : 0)) {
                send('worker', JSON.stringify(a));
            }
        }
        updates++;
        plan.sent++;
    }, 80);
    response.on('close', () => clearInterval(timer));
}

const usual = {
    start: 4294000000, // wraps a second later
    misses: 0,
    lost: 0,
    workers: (runs, skips) => [
        account('rainbow', { runs, skips, late: [runs - 400, 300, 100], late_after: 'Worker 0' }),
        account('Worker 0', { runs, run_us_longest: 12, late_us_longest: 41,
            late: [20, runs - 90, 40, 20, 6, 3, 1] }),
        account('Worker 1', { runs, run_us_longest: 11, late: [20, runs - 40, 20] }),
        account('slow', { state: 'degraded', overruns: 5, period_us: 0, runs: 17 }),
    ],
};

// Answers { url, sent, close }. `changes` of `usual`.
export function serve(changes = {}, port = 0) {
    const plan = { ...usual, ...changes, sent: 0 };
    const server = http.createServer((request, response) => {
        const path = request.url === '/scope' ? '/scope/scope.html' : request.url;
        if (path === '/scope/events') {
            response.writeHead(200, { ...security, 'Content-Type': 'text/event-stream' });
            stream(response, plan);
            return;
        }
        const [, name, end] = path.match(/^\/scope\/(\w+\.(\w+))$/) ?? [];
        if (!name) {
            response.writeHead(404).end();
            return;
        }
        response.writeHead(200, { ...security, 'Content-Type': types[end] })
            .end(readFileSync(new URL(name, page)));
    });
    return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        sent: () => plan.sent, // updates, to all
        close: () => new Promise((done) => {
            server.closeAllConnections();
            server.close(done);
        }),
    })));
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
    console.log((await serve({}, Number(process.argv[2] ?? 8080))).url);
}
