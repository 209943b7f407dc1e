// The scope page of the real device: what it shows is what the device says.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { open, until, visit } from './browser.js';
import { eventually, start } from './device.js';

/* global lanes, updates, workers */

let browser, device;

before(async () => {
    [browser, device] = await Promise.all([open(), start()]);
});
after(async () => {
    await browser?.close();
    await device?.stop();
});

const plain = (text) => text.replaceAll('\u00a0', ' ');
const number = (n) => n.toLocaleString('en-US');

async function set(state) {
    const answer = await fetch(`${device.url}/api/app`, { method: 'PUT',
        headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ state }) });
    assert.equal(answer.status, 204);
}

const loops = async () => (await fetch(`${device.url}/api/loops`)).json();

// Core 1 is stopped, so that nothing changes between two looks.
test('the page shows the numbers of /api/loops', async () => {
    const { page, problems, context } = await visit(browser, `${device.url}/scope`);
    await until(page, () => lanes.size > 5 && workers.size === 3);
    await set('off');
    await eventually('off', async () => (await loops()).app === 'off');
    const at = await page.evaluate(() => updates);
    await until(page, (n) => updates > n + 10, at);
    const told = (await loops()).workers;
    const shown = await page.evaluate(() => [...workers.values()].map((w) => w.account));
    assert.deepEqual(shown, told);
    const [first] = told;
    assert.ok(plain(await page.textContent('#sentence')).startsWith(
        `rainbow: ${number(first.runs)} frames, ${number(first.skips)} missed, at most `));
    const cards = await page.locator('article').allTextContents();
    told.forEach((w, i) => assert.ok(cards[i].includes(`${number(w.runs)} runs`), cards[i]));
    const columns = await page.locator('article:first-child .bars div')
        .evaluateAll((all) => all.map((d) => d.title));
    first.late.forEach((n, i) => assert.ok(columns[i].endsWith(`: ${number(n)}`), columns[i]));
    assert.deepEqual(problems, []);
    await set('running');
    await context.close();
});

test('both cores are seen at work', async () => {
    const { page, context } = await visit(browser, `${device.url}/scope`);
    await until(page, () => ['rainbow', 'Worker 0', 'Worker 1', 'net_body', 'api_scope_events']
        .every((name) => [...lanes.values()].some((l) => l.name === name && l.spans.length)));
    const cores = await page.evaluate(() =>
        Object.fromEntries([...lanes.values()].map((l) => [l.name, l.core])));
    assert.deepEqual([cores.rainbow, cores['Worker 0'], cores['Worker 1'], cores.net_body],
        [1, 1, 1, 0]);
    await context.close();
});

test('who leaves is not watched for any longer', async () => {
    const streams = async () => (await loops()).figures.yoke_http_streams;
    await eventually('nobody watches', async () => await streams() === 0);
    const { context } = await visit(browser, `${device.url}/scope`);
    await eventually('one watches', async () => await streams() === 1);
    await context.close();
    await eventually('nobody watches any longer', async () => await streams() === 0);
});
