// The rules of the server, tried by a real browser: what a page of another origin, a name that was
// bound to the device's address by somebody else, and a form can do, which is nothing.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

import { Device } from '../http/device.js';

const sandbox = process.getuid() === 0 ? ['--no-sandbox'] : [];
let device, browser, elsewhere, foreign;

before(async () => {
    device = await Device.start();
    browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [...sandbox, '--disable-gpu', '--disable-dev-shm-usage',
            '--host-resolver-rules=MAP evil.example 127.0.0.1'],
    });
    elsewhere = createServer((request, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end('<!doctype html><title>elsewhere</title>' +
            `<form method="post" action="${device.url}/echo"><input name="a" value="1"></form>`);
    });
    await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    foreign = `http://localhost:${elsewhere.address().port}/`;
});

after(async () => {
    await browser.close();
    elsewhere.close();
    assert.equal(await device.end(), 0);
});

async function at(url) {
    const page = await (await browser.newContext()).newPage();
    const answer = await page.goto(url);
    return { page, status: answer.status() };
}

// What becomes of it, in the page: the status, or the name of the error.
function post(page, url, options) {
    return page.evaluate(([target, how]) => fetch(target, { method: 'POST', body: '{}', ...how })
        .then((answer) => answer.status || answer.type, (error) => error.name), [url, options]);
}

function openSocket(page, url) {
    return page.evaluate((target) => new Promise((resolve) => {
        const socket = new WebSocket(target);
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('error');
    }), url);
}

const json = { headers: { 'Content-Type': 'application/json' } };
const socketUrl = () => `${device.url.replace('http', 'ws')}/ws`;

test('its own page may ask', async () => {
    const { page, status } = await at(`${device.url}/hello`);
    assert.equal(status, 200);
    assert.equal(await post(page, '/echo', json), 200);
    assert.equal(await openSocket(page, socketUrl()), 'open');
    await page.context().close();
});

test('a page of another origin may not', async () => {
    const { page } = await at(foreign);
    const before = await device.counters();
    assert.equal(await post(page, `${device.url}/echo`, json), 'TypeError');
    assert.equal(await post(page, `${device.url}/echo`, { mode: 'no-cors' }), 'opaque');
    assert.equal(await openSocket(page, socketUrl()), 'error');
    const { refused } = await device.counters();
    assert.equal(refused - before.refused, 2); // the first one's OPTIONS had no leave in its answer
    await page.context().close();
});

test('it can show nothing of the device in a frame', async () => {
    const { page } = await at(foreign);
    await page.evaluate((url) => new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.src = url;
        frame.onload = resolve;
        document.body.append(frame);
    }), `${device.url}/hello`);
    const frame = page.frames().find((one) => one !== page.mainFrame());
    assert.match(frame.url(), /^chrome-error:/);
    await page.context().close();
});

test('a form of another origin changes nothing', async () => {
    const { page } = await at(foreign);
    const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().startsWith(device.url)),
        page.evaluate(() => document.forms[0].submit()),
    ]);
    assert.equal(answer.status(), 403);
    await page.context().close();
});

test('a name that is not ours shows nothing', async () => {
    const { status } = await at(`http://evil.example:${device.port}/hello`);
    assert.equal(status, 421);
});
