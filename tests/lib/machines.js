// Machines for tests. A fault or a warning of the emulator fails the test in which it happens,
// unless the test says beforehand that it expects it.

import { afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { Machine } from '../../tools/emu/machine.js';

/** Warnings that are no failure anywhere: {pattern, reason}. */
export const ALLOWED = [];

let problems = [];

export class WatchedMachine extends Machine {
    /** As Machine's; `faults`: they are expected; `warnings`: patterns of those that are. */
    constructor(image, { faults = false, warnings = [], ...options } = {}) {
        super(image, options);
        this.expected = { faults, warnings };
    }

    fault(fault) {
        super.fault(fault);
        if (!this.expected?.faults) {
            problems.push(`core ${fault.core}: ${this.describeFault(fault)}, seed ${this.seed}`);
        }
    }

    warning(warning) {
        super.warning(warning);
        const key = `${warning.component}: ${warning.text}`;
        const expected = this.expected?.warnings ?? [];
        const patterns = [...ALLOWED.map(({ pattern }) => pattern), ...expected];
        if (!patterns.some((pattern) => pattern.test(key))) {
            problems.push(`${key}, seed ${this.seed}`);
        }
    }
}

afterEach(() => {
    const found = problems;
    problems = [];
    assert.deepEqual(found.slice(0, 10), []);
});
