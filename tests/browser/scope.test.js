// The scope page in a real browser, before a device that is none (stub.js). What runs in the page
// sees the variables of scope.js.
/* global updates, clock, lanes */

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { open, until, visit } from './browser.js';
import { account, serve } from './stub.js';

const phone = { viewport: { width: 375, height: 740 } };
let browser, device;

before(async () => {
    browser = await open();
    device = await serve();
});
after(async () => {
    await browser?.close();
    await device?.close();
});

// What is shown has come: the sentence of the first worker.
async function scope(options, from = device) {
    const visited = await visit(browser, `${from.url}/scope`, options);
    await until(visited.page, () => document.querySelectorAll('article').length);
    return visited;
}

const plain = (text) => text.replaceAll('\u00a0', ' ');

test('the page with all it needs is at most 20 KB, compressed', () => {
    const folder = new URL('../../services/scope/page/', import.meta.url);
    const bytes = readdirSync(folder)
        .reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length, 0);
    assert.ok(bytes <= 20 * 1024, `${bytes} bytes`);
});

test('it says at a glance how the fastest worker fares', async () => {
    const { page, problems, context } = await scope();
    assert.match(plain(await page.textContent('#sentence')),
        /^rainbow: 1\d,\d\d\d frames, 0 missed, at most 3 µs late$/);
    assert.equal(await page.textContent('#verdict'), 'The app loop does not notice the platform.');
    assert.equal(await page.textContent('#link'), 'live');
    assert.deepEqual(problems, []); // nothing from outside, nothing that the policy forbids
    await context.close();
});

test('what was missed is said, and in another colour', async () => {
    const bad = await serve({ lost: 7, workers: () => [
        account('a', { runs: 1, skips: 3, period_us: 5000, late_us_longest: 16000 }),
        account('b', { skips: 1, state: 'quarantined', errors: 5 }),
    ] });
    const { page, context } = await scope({}, bad);
    await until(page, () => document.querySelector('#lost').textContent);
    assert.equal(plain(await page.textContent('#sentence')),
        'a: 1 frame, 3 missed, at most 16 ms late');
    assert.equal(await page.textContent('#verdict'),
        '4 frames were missed, of all workers together');
    assert.equal(await page.getAttribute('#verdict', 'class'), 'bad');
    assert.equal(await page.textContent('#lost'), '7 spans came too quickly to be shown.');
    assert.match(plain(await page.textContent('article:nth-child(2)')),
        /b quarantined, every 10 ms0 runs, 1 missed, at most 3 µs late, 5 failed; /);
    await context.close();
    await bad.close();
});

test('names are shown as they are, not run as markup', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const evil = await serve({ workers: () => [account(name, { runs: 2 })] });
    const { page, problems, context } = await scope({}, evil);
    assert.ok((await page.textContent('#sentence')).startsWith(`${name}: 2 frames`));
    assert.equal(await page.locator('img').count(), 0);
    assert.deepEqual(problems, []);
    await context.close();
    await evil.close();
});

test('each column of a histogram tells its count, also to who does not see it', async () => {
    const { page, context } = await scope();
    const bars = page.locator('article:nth-child(2) .bars');
    assert.match(plain(await bars.getAttribute('aria-label')),
        /^Lateness of Worker 0: 20 times under 1 µs; [\d,]+ times 1 µs and more; .*; 1 times 32/);
    const heights = await bars.locator('div').evaluateAll((all) => all.map((d) => d.clientHeight));
    assert.ok(heights[1] > heights[0] && heights[0] > heights[6] && heights[6] > 0);
    assert.deepEqual(heights.slice(7), Array(heights.length - 7).fill(0));
    assert.equal(await page.locator('article:nth-child(4) .bars').isVisible(), false);
    await context.close();
});

// How many pixels of a canvas are drawn, and a sum that changes with the picture.
const picture = (page, core) => page.locator(`#core${core} canvas`).evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0, sum = 0;
    for (let i = 3; i < data.length; i += 4) {
        if (data[i]) drawn++;
        sum = (sum * 31 + data[i]) | 0;
    }
    return { drawn, sum };
});

test('both cores are on a time line that goes on, and can be stopped by keyboard', async () => {
    const { page, context } = await scope();
    for (const core of [0, 1]) {
        await until(page, (n) => document.querySelectorAll(`#core${n} li`).length === 3,
            core);
    }
    assert.deepEqual((await page.locator('.names b').allTextContents()).sort(),
        ['Worker 0', 'Worker 1', 'http_connection_body', 'log_body', 'net_body', 'rainbow']);
    const first = await picture(page, 1);
    assert.ok(first.drawn > 0);
    await until(page, () => document.querySelector('#core1 i').textContent.includes('%'));
    const later = await picture(page, 1);
    assert.notEqual(later.sum, first.sum);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'pause');
    await page.keyboard.press('Space');
    assert.equal(await page.getAttribute('#pause', 'aria-pressed'), 'true');
    await page.evaluate(() => new Promise(requestAnimationFrame));
    const stopped = await picture(page, 0);
    const begun = await page.evaluate(() => updates);
    await until(page, (n) => updates > n + 3, begun);
    assert.equal((await picture(page, 0)).sum, stopped.sum);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'range');
    await context.close();
});

test('every update that is sent is taken', async () => {
    const other = await serve();
    const { page, context } = await scope({}, other);
    await until(page, () => updates >= 20);
    const taken = await page.evaluate(() => updates);
    assert.ok(other.sent() >= taken && other.sent() - taken <= 3, `${other.sent()} ${taken}`);
    await context.close();
    await other.close();
});

test('the clock of the device may begin again after 71 minutes', async () => {
    const { page, context } = await scope(); // it does so in the stub's first second
    await until(page, () => clock.total > 2e6);
    const widths = await page.evaluate(() => [...lanes.values()]
        .map((lane) => Math.max(...lane.spans.map((s) => s.end - s.begin))));
    assert.ok(Math.max(...widths) < 100e3);
    await context.close();
});

test('when the device goes away it says so, and comes back by itself', async () => {
    const other = await serve();
    const { page, context } = await scope({}, other);
    await other.close();
    await page.waitForSelector('#link.lost');
    assert.equal(await page.textContent('#link'), 'no connection; trying again');
    const again = await serve({}, Number(new URL(other.url).port));
    await page.waitForSelector('#link.live', { timeout: 20000 });
    await context.close();
    await again.close();
});

test('on a phone nothing is wider than the screen, and what is pressed is large', async () => {
    const { page, context } = await scope(phone);
    await until(page, () => document.querySelectorAll('.names li').length === 6);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
    for (const id of ['pause', 'range']) {
        const { height } = await page.locator(`#${id}`).boundingBox();
        assert.ok(height >= 40, `${id}: ${height}`);
    }
    const small = await page.evaluate(() => [...document.querySelectorAll('p, li, h2, h3, label')]
        .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 11.5).map((e) => e.outerHTML));
    assert.deepEqual(small, []);
    await context.close();
});

// The contrast of each text against what lies behind it (WCAG 2.1, 1.4.3: 4.5 is enough).
const contrasts = () => {
    const channel = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = (c) => [0.2126, 0.7152, 0.0722].reduce((s, k, i) => s + k * channel(c[i]), 0);
    const parts = (text) => text.match(/[\d.]+/g).map(Number);
    const behind = (e) => {
        for (; e; e = e.parentElement) {
            const c = parts(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] === 1) return c;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll('body *')]
        .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) &&
            e.checkVisibility())
        .map((e) => {
            const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))];
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 90)];
        });
};

for (const colorScheme of ['light', 'dark']) {
    test(`every text can be read, ${colorScheme}`, async () => {
        const { page, context } = await scope({ colorScheme });
        const all = await page.evaluate(contrasts);
        assert.ok(all.length > 20);
        assert.deepEqual(all.filter(([contrast]) => contrast < 4.5), []);
        await context.close();
    });
}

test('who wants less motion gets a still picture, renewed once a second', async () => {
    const { page, context } = await scope({ reducedMotion: 'reduce' });
    await until(page, () => lanes.size === 6);
    await until(page, () => {
        const canvas = document.querySelector('#core1 canvas');
        return canvas.height > 40 && canvas.getContext('2d')
            .getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v);
    });
    const pictures = new Set();
    const begun = await page.evaluate(() => updates);
    while (await page.evaluate(() => updates) < begun + 20) {
        pictures.add((await picture(page, 1)).sum);
    }
    assert.ok(pictures.size <= 4, `${pictures.size} pictures in 1.6 seconds`);
    await context.close();
});

test('what a screen reader is told: titles, roles, names', async () => {
    const { page, context } = await scope();
    for (const [role, name] of [['heading', 'Loop scope'], ['heading', 'What runs when'],
        ['button', 'Pause'], ['combobox', 'Show'], ['img', 'Time line of core 1'],
        ['list', 'Lanes of core 0, share of time'], ['region', 'How late each worker began']]) {
        assert.equal(await page.getByRole(role, { name }).count(), 1, `${role} ${name}`);
    }
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.equal(await page.title(), 'Loop scope');
    await context.close();
});
