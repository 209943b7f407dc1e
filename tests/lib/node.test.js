// What tests/lib/node.sh counts of a run: nothing that went wrong may look as if it had passed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const runner = fileURLToPath(new URL('node.sh', import.meta.url));

const bodies = {
    passes: "test('passes', () => {});",
    fails: "test('fails', () => { throw new Error('on purpose'); });",
    hangs: "test('hangs', () => new Promise(() => {}));",
    skips: "test('skips', { skip: true }, () => {});",
    cannotEnd: "test('passes', () => {}); after(() => { throw new Error('at the end'); });",
    isBroken: 'process.exit(',
};

// Each of these files in a run of its own. Answers { status, line }.
function run(lanes, ...names) {
    const folder = mkdtempSync(join(tmpdir(), 'yoke-'));
    for (const name of names) {
        writeFileSync(join(folder, `${name}.test.mjs`),
            `import { after, test } from 'node:test';\n${bodies[name]}\n`);
    }
    const { NODE_TEST_CONTEXT: _, ...env } = process.env; // a run inside a run is one of its own
    const { status, stdout } = spawnSync('bash', ['-c',
        `. "${runner}"; lanes=${lanes}; run_node_tests it *.test.mjs`],
    { cwd: folder, env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    return { status, line: stdout.trimEnd().split('\n').at(-1) };
}

for (const lanes of [1, 3]) {
    const counted = (names, status, line) => test(`${names.join(', ')}; ${lanes} at once`, () => {
        assert.deepEqual(run(lanes, ...names), { status, line: `it: ${line}` });
    });
    counted(['passes', 'skips'], 0, '1 passed, 0 failed, 1 skipped');
    counted(['passes', 'fails'], 1, '1 passed, 1 failed, 0 skipped');
    counted(['passes', 'hangs'], 1, '1 passed, 1 failed, 0 skipped');
    counted(['passes', 'cannotEnd'], 1, '2 passed, 1 failed, 0 skipped');
    counted(['passes', 'isBroken'], 1, '1 passed, 1 failed, 0 skipped');
    counted(['skips'], 1, '0 passed, 0 failed, 1 skipped');
}
