// A real browser: Debian's Chromium, without its window.

import { chromium } from 'playwright-core';

const sandbox = process.getuid() === 0 ? ['--no-sandbox'] : []; // it refuses to run as root with it

export async function open() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [...sandbox, '--disable-gpu', '--disable-dev-shm-usage'],
    });
}

// A page at `url`; what it complained of is in `problems`.
export async function visit(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 },
        ...options });
    const page = await context.newPage();
    const problems = [];
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('requestfailed', (request) => {
        if (!request.url().endsWith('/events')) problems.push(`failed: ${request.url()}`);
    });
    page.on('request', (request) => {
        if (!request.url().startsWith(new URL(url).origin)) {
            problems.push(`outside: ${request.url()}`);
        }
    });
    await page.goto(url);
    return { context, page, problems };
}

// Ask the page again and again until it says yes; the page's own policy forbids the usual means.
export async function until(page, question, argument) {
    for (let i = 0; i < 300; i++) {
        if (await page.evaluate(question, argument)) return;
        await page.waitForTimeout(50);
    }
    throw new Error(`never: ${question}`);
}
