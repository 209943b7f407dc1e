// The bench on the emulated chip: prints the limits, then the table.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROWS } from './rows.js';
import { model, WrongCount } from './measure.js';

const LIMITS = [
    'An emulated RP2040 at 125 MHz, cycles as the Cortex-M0+ manual has them; not seen on silicon.',
    'No bus contention; code in flash runs as from RAM unless --xip is given; DMA costs nothing.',
    'A stamp is the time of the first instruction of a function. tools/emu/README.md has the rest.',
];

function fail(text) {
    process.stderr.write(`bench: ${text} (--help tells more)\n`);
    process.exit(2);
}

function readOptions(words) {
    const options = { seconds: 60, only: '', check: false };
    while (words.length !== 0) {
        const word = words.shift();
        if (word === '--quick') {
            options.seconds = 3;
        } else if (word === '--check') {
            options.check = true;
        } else if (word === '--xip' && words.length !== 0) {
            model.missCycles = Number(words.shift());
        } else if (word === '--only' && words.length !== 0) {
            options.only = words.shift();
        } else {
            fail(`${word} is not understood`);
        }
    }
    return options;
}

// Beside the host bench's report.
function writeReport(results) {
    const folder = fileURLToPath(new URL('../../../build/report/', import.meta.url));
    mkdirSync(folder, { recursive: true });
    const text = JSON.stringify({ limits: LIMITS, ...model, rows: results }, null, 2);
    writeFileSync(`${folder}bench-chip.json`, `${text}\n`);
}

function show(row, { ours, theirs, ok }) {
    console.log(`\n${row.name}`);
    console.log(`  Yoke         ${ours}`);
    console.log(`  target       ${row.target}: ${ok ? 'met' : 'MISSED'}`);
    console.log(`  MicroPython  ${row.sketch}`);
    console.log(`  pico-sdk     ${theirs}`);
}

function main() {
    const options = readOptions(process.argv.slice(2));
    const rows = ROWS.filter(({ name }) => name.includes(options.only));
    if (rows.length === 0) {
        fail(`no row has "${options.only}" in its name`);
    }
    LIMITS.forEach((line) => console.log(line));
    if (model.missCycles) {
        console.log(`With the XIP cache: a miss costs ${model.missCycles} cycles.`);
    }
    let missed = 0;
    const results = [];
    for (const row of rows) {
        try {
            const result = row.run(options.seconds);
            missed += result.ok ? 0 : 1;
            show(row, result);
            const { name, target, sketch } = row;
            results.push({ name, target, micropython: sketch, ...result });
        } catch (error) {
            if (!(error instanceof WrongCount)) {
                throw error;
            }
            missed++;
            console.log(`\n${row.name}\n  WRONG: ${error.message}`);
            process.exitCode = 2;
        }
    }
    writeReport(results);
    console.log(`\n${rows.length - missed} of ${rows.length} targets met`);
    if (missed !== 0 && options.check) {
        process.exitCode ||= 1;
    }
}

main();
