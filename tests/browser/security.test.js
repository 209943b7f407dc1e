// The rules of the server, tried by a real browser: what a page of another origin, a form, and a
// name that somebody else bound to the device's address can do, which is nothing. Of each attempt:
// the status that the browser saw, the reason, which the same request of our own is given, and that
// the device is as it was.

import assert from 'node:assert/strict';
import { createServer, request as ask } from 'node:http';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

import { eventually, start } from './device.js';

const sandbox = process.getuid() === 0 ? ['--no-sandbox'] : [];
const json = 'application/json';
const reasons = {
    403: 'Pages of another origin may not ask.',
    415: 'The body must be application/json.',
    421: 'This host name is not served here.',
};

// What would change the device: its state below shows it, or its output at the end.
const changes = [
    ['POST', '/api/workers', '{"name":"evil","period_ms":10,"run_ms":0}'],
    ['DELETE', '/api/workers/Worker%200'],
    ['PUT', '/api/config/rainbow.speed', '{"value":99}'],
    ['PATCH', '/api/config', '{"rainbow.speed":98}'],
    ['PUT', '/api/app', '{"state":"off"}'],
    ['POST', '/api/buttons/0', '{"ms":60}'],
    ['POST', '/api/restart', '{}'],
];
const posts = changes.filter(([method]) => method === 'POST');
const encodings = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];

let device, browser, elsewhere;

before(async () => {
    device = await start({ seconds: 300 });
    browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [...sandbox, '--disable-gpu', '--disable-dev-shm-usage',
            '--host-resolver-rules=MAP *.example 127.0.0.1'],
    });
    elsewhere = createServer((_, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end('<!doctype html><title>elsewhere</title>');
    });
    await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});

after(async () => {
    await browser?.close();
    elsewhere?.close();
    assert.equal(await device?.stop(), 0);
    assert.doesNotMatch(device.output(), /^Button 0: /m, 'the button was pressed');
});

const originsElsewhere = () => ['localhost', 'other.example']
    .map((name) => `http://${name}:${elsewhere.address().port}`);

// --- the device ---

async function state() {
    const get = async (path) => (await fetch(device.url + path)).json();
    const { app, workers, figures } = await get('/api/loops');
    return { config: await get('/api/config'), app, streams: figures.yoke_http_streams,
        workers: workers.map((w) => [w.name, w.period_us, w.state]),
        hasEnded: device.child.exitCode !== null };
}

async function changesNothing(what, attempt) {
    const before = await state();
    await attempt();
    assert.deepEqual(await state(), before, what);
}

// The same request once more, by a client that shows all: its status and text.
function repeat({ method, url, headers, body }) {
    const { pathname, port } = new URL(url);
    const fields = Object.fromEntries(Object.entries(headers)
        .filter(([name]) => !/^(content-length|accept-encoding)$/i.test(name)));
    return new Promise((resolve, reject) => {
        const asked = ask({ host: '127.0.0.1', port, method, path: pathname, agent: false,
            headers: { ...fields, 'Content-Length': Buffer.byteLength(body ?? '') } });
        asked.on('response', async (answer) => {
            let text = '';
            for await (const piece of answer.setEncoding('utf8')) text += piece;
            resolve({ status: answer.statusCode, type: answer.headers['content-type'], text });
        });
        asked.on('upgrade', () => reject(new Error(`${url}: accepted`)));
        asked.on('error', reject);
        asked.end(body);
    });
}

async function assertSameRefusal(request, status) {
    assert.deepEqual(await repeat(request),
        { status, type: json, text: `{"error":"${reasons[status]}"}` }, request.url);
}

// --- the browser ---

// What the browser itself says of the network: { method, url, headers, body, status, answer }.
async function listen(page) {
    const session = await page.context().newCDPSession(page);
    const seen = new Map();
    const add = (id, what) => {
        if (!seen.has(id)) seen.set(id, {});
        Object.assign(seen.get(id), what);
    };
    session.on('Network.requestWillBeSent', ({ requestId, request }) => add(requestId,
        { method: request.method, url: request.url, body: request.postData }));
    session.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) =>
        add(requestId, { headers }));
    session.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode, headers }) =>
        add(requestId, { status: statusCode, answer: headers }));
    session.on('Network.webSocketCreated', ({ requestId, url }) =>
        add(requestId, { method: 'GET', url }));
    session.on('Network.webSocketWillSendHandshakeRequest', ({ requestId, request }) =>
        add(requestId, { headers: request.headers }));
    session.on('Network.webSocketHandshakeResponseReceived', ({ requestId, response }) =>
        add(requestId, { status: response.status }));
    session.on('Network.webSocketFrameError', ({ requestId, errorMessage }) =>
        add(requestId, { status: Number(errorMessage.match(/response code: (\d+)/)?.[1]) }));
    await session.send('Network.enable');
    return seen;
}

// A page at `url`; `policy`: whether it must keep to the policy that came with it.
async function visit(url, { policy = true } = {}) {
    const context = await browser.newContext({ bypassCSP: !policy });
    const page = await context.newPage();
    const seen = await listen(page);
    await page.goto(url);
    const { status } = [...seen.values()].find((one) => one.url === url);
    return { page, seen, status, origin: new URL(url).origin };
}

// The request that the page has sent to `url` by `attempt`, and its answer.
async function exchangeOf({ seen }, method, url, attempt) {
    seen.clear();
    const result = await attempt();
    let found;
    await eventually(`an answer to ${method} ${url}`, () => (found = [...seen.values()]
        .find((one) => one.method === method && one.url === url && one.status && one.headers)));
    return { ...found, result };
}

// What becomes of it, in the page: the status, or the name of the error.
function send({ page }, url, [method, , body], options = {}) {
    return page.evaluate(([target, how]) => fetch(target, how)
        .then((answer) => answer.status || answer.type, (error) => error.name),
    [url, { method, body, headers: body ? { 'Content-Type': json } : {}, ...options }]);
}

function openSocket({ page }, url) {
    return page.evaluate((target) => new Promise((resolve) => {
        const socket = new WebSocket(target);
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('error');
    }), url);
}

function openEvents({ page }, url) {
    return page.evaluate((target) => new Promise((resolve) => {
        const events = new EventSource(target);
        events.onopen = () => resolve('open');
        events.onerror = () => resolve(events.readyState === 2 ? 'closed' : 'again');
    }), url);
}

// A form whose body, in text/plain, is the JSON of a change. With `referrer` the page says where
// it is from, though the device's own pages are told not to.
async function submit({ page }, url, encoding, body, { referrer = '' } = {}) {
    await Promise.all([page.waitForNavigation(), page.evaluate(([action, enctype, text, from]) => {
        const meta = document.createElement('meta');
        Object.assign(meta, { name: 'referrer', content: from });
        document.head.append(meta);
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', action, enctype });
        const field = document.createElement('input');
        field.name = `${text.slice(0, -1)}${text === '{}' ? '' : ','}"x":"`;
        field.value = '"}';
        form.append(field);
        document.body.append(form);
        form.submit();
    }, [url, encoding, body, referrer])]);
}

// Each form that there is, from a page at `from`, to the device under the name in `to`.
async function tryForms(from, to, status, options) {
    const visitor = await visit(from, options);
    for (const [method, path, body] of posts) {
        for (const encoding of encodings) {
            const what = `a form, ${encoding}, to ${path}`;
            await visitor.page.goto(from);
            await changesNothing(what, async () => {
                const exchange = await exchangeOf(visitor, method, to + path,
                    () => submit(visitor, to + path, encoding, body, options));
                assert.equal(exchange.status, status, what);
                assert.equal(exchange.headers['Content-Type'].split(';')[0], encoding);
                await assertSameRefusal({ ...exchange, body: exchange.body ?? body }, status);
            });
        }
    }
    await visitor.page.context().close();
}

async function tryStreams(visitor, to, status) {
    const socket = `${to.replace('http', 'ws')}/ws`;
    const events = `${to}/scope/events`;
    for (const [url, open, wanted] of [[socket, openSocket, 'error'],
        [events, openEvents, 'closed']]) {
        await changesNothing(url, async () => {
            const exchange = await exchangeOf(visitor, 'GET', url, () => open(visitor, url));
            assert.equal(exchange.result, wanted, url);
            assert.equal(exchange.status, status, url);
            await assertSameRefusal(exchange, status);
        });
    }
}

// --- the tests ---

test('its own page may ask', async () => {
    const visitor = await visit(`${device.url}/api/app`);
    assert.equal(visitor.status, 200);
    assert.equal(await send(visitor, '/api/config/rainbow.speed', ['PUT', , '{"value":7}']), 204);
    assert.equal((await state()).config['rainbow.speed'], 7);
    const socket = `${device.url.replace('http', 'ws')}/ws`;
    assert.equal(await openSocket(visitor, socket), 'open');
    assert.equal(await openEvents(visitor, '/scope/events'), 'open');
    assert.equal((await state()).streams, 2);
    await visitor.page.context().close();
    await eventually('both streams have left', async () => (await state()).streams === 0);
});

test('a page of another origin changes nothing by what needs leave', async () => {
    for (const origin of originsElsewhere()) {
        const visitor = await visit(`${origin}/`);
        for (const change of changes) {
            const [method, path, body] = change;
            const url = device.url + path;
            await changesNothing(`${method} ${path}`, async () => {
                const { status, answer, headers, result } = await exchangeOf(visitor, 'OPTIONS',
                    url, () => send(visitor, url, change));
                assert.equal(result, 'TypeError');
                assert.equal(headers['Access-Control-Request-Method'], method);
                assert.equal(status, 204);
                assert.doesNotMatch(Object.keys(answer).join(), /access-control/i);
                assert.ok([...visitor.seen.values()].every((one) => one.url !== url ||
                    one.method === 'OPTIONS' || !one.status), 'the request itself is not sent');
                await assertSameRefusal({ method, url, body, headers: { Origin: origin,
                    Host: new URL(url).host, ...(body ? { 'Content-Type': json } : {}) } }, 403);
            });
        }
        await visitor.page.context().close();
    }
});

test('nor by what needs none', async () => {
    for (const origin of originsElsewhere()) {
        const visitor = await visit(`${origin}/`);
        for (const change of posts) {
            const url = device.url + change[1];
            await changesNothing(url, async () => {
                const exchange = await exchangeOf(visitor, 'POST', url, () => send(visitor, url,
                    change, { mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } }));
                assert.equal(exchange.result, 'opaque');
                assert.equal(exchange.headers.Origin, origin);
                assert.equal(exchange.status, 403);
                await assertSameRefusal(exchange, 403);
            });
        }
        await visitor.page.context().close();
    }
});

test('it can read nothing, and listen to nothing', async () => {
    for (const origin of originsElsewhere()) {
        const visitor = await visit(`${origin}/`);
        const url = `${device.url}/api/config`;
        const exchange = await exchangeOf(visitor, 'GET', url, () => send(visitor, url, ['GET']));
        assert.equal(exchange.result, 'TypeError');
        assert.equal(exchange.status, 403);
        await assertSameRefusal(exchange, 403);
        await tryStreams(visitor, device.url, 403);
        await visitor.page.context().close();
    }
});

test('it can show nothing of the device in a frame', async () => {
    const { page } = await visit(`${originsElsewhere()[0]}/`);
    await page.evaluate((url) => new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.src = url;
        frame.onload = resolve;
        document.body.append(frame);
    }), `${device.url}/api/app`);
    const frame = page.frames().find((one) => one !== page.mainFrame());
    assert.match(frame.url(), /^chrome-error:/);
    await page.context().close();
});

test('a form of another origin changes nothing', async () => {
    for (const origin of originsElsewhere()) await tryForms(`${origin}/`, device.url, 403);
});

test('nor does a form of its own pages', async () => {
    const own = `${device.url}/api/app`;
    await tryForms(own, device.url, 403, { policy: false }); // of no origin: Origin is null
    await tryForms(own, device.url, 415, { policy: false, referrer: 'origin' });
});

test('nor does another type of body, though its own page sends it', async () => {
    const visitor = await visit(`${device.url}/api/app`);
    for (const change of changes.filter(([, , body]) => body)) {
        const [method, path] = change;
        for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
            await changesNothing(`${method} ${path}, ${type}`, async () => {
                const exchange = await exchangeOf(visitor, method, device.url + path,
                    () => send(visitor, path, change, { headers: { 'Content-Type': type } }));
                assert.equal(exchange.result, 415);
                assert.equal(exchange.status, 415);
                await assertSameRefusal(exchange, 415);
            });
        }
    }
    await visitor.page.context().close();
});

// DNS rebinding: the page was had of another address of that name, and asks its own origin.
test('under a name that is not ours there is nothing', async () => {
    const foreign = `http://evil.example:${device.port}`;
    for (const path of ['/', '/scope', '/metrics', '/api/config', '/nothing']) {
        const visitor = await visit(foreign + path);
        assert.equal(visitor.status, 421);
        assert.equal(await visitor.page.textContent('body'), `{"error":"${reasons[421]}"}`);
        await visitor.page.context().close();
    }
    const visitor = await visit(`${foreign}/`, { policy: false });
    for (const change of [['GET', '/'], ['GET', '/api/config'], ...changes]) {
        const [method, path] = change;
        await changesNothing(`${method} ${path}`, async () => {
            const exchange = await exchangeOf(visitor, method, foreign + path,
                () => send(visitor, foreign + path, change));
            assert.equal(exchange.result, 421);
            assert.equal(exchange.status, 421);
            await assertSameRefusal(exchange, 421);
        });
    }
    await tryStreams(visitor, foreign, 421);
    await visitor.page.context().close();
});

test('nor by a form', () => {
    const foreign = `http://evil.example:${device.port}`;
    return tryForms(`${foreign}/`, foreign, 421, { policy: false });
});
