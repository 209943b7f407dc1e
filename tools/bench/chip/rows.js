// The rows: what is measured, what the MicroPython sketch reached (same emulated chip, 125 MHz),
// and the target. Each `run` answers {ours, theirs, ok}: text, text, and whether the target is met.

import { between, gaps, rate, start, timerLateness, workerLateness } from './measure.js';

const us = (value) => `${value.toFixed(value < 10 ? 2 : 1)} us`;
const cycles = (value) => `${Math.round(value * 125)} cycles`;

const lateText = ({ p50, p99, max, missed, count }) =>
    `p50 ${p50.toFixed(2)} / p99 ${p99.toFixed(2)} / max ${max.toFixed(2)} us, ` +
    `${missed} of ${count + missed} missed`;

function lateness(name, workers, { busy = 0, flash = 0, sketch, target, limits }) {
    return {
        name,
        sketch,
        target,
        run: (seconds) => {
            const settings = { worker_count: workers, busy_count: busy, flash_every_ms: flash };
            const ours = workerLateness(settings, seconds);
            const theirs = timerLateness(
                { worker_count: workers, flash_every_ms: flash },
                Math.min(seconds, 3),
            );
            const ok = ours.p99 <= limits.p99 && ours.max <= limits.max && ours.missed === 0;
            const note = flash ? `; ${ours.writes} writes` : '';
            return {
                ours: lateText(ours) + note,
                theirs: `repeating alarms on core 1: ${lateText(theirs)}`,
                ok,
            };
        },
    };
}

function handover(name, direction, sketch) {
    const marks = [`${direction}_sent`, `${direction}_taken`];
    return {
        name,
        sketch,
        target: 'max 5 us',
        run: () => {
            const ours = between('handover', ...marks, 200);
            const fifo = between('sdk_fifo', ...marks, 100);
            const queue = between('sdk_queue', ...marks, 100);
            const peers = [`multicore_fifo ${us(fifo.max)}`, `queue_t ${us(queue.max)}`];
            if (direction === 'up') {
                peers.push(`async_context ${us(between('sdk_async', ...marks, 100).max)}`);
            }
            return {
                ours: `p50 ${us(ours.p50)}, max ${us(ours.max)} (${cycles(ours.max)})`,
                theirs: `max: ${peers.join(', ')}`,
                ok: ours.max <= 5,
            };
        },
    };
}

export const ROWS = [
    lateness('lateness of a 10 ms worker, idle platform', 1, {
        sketch: 'p99 3638, max 3658 us; 0 missed',
        target: 'p99 2, max 5 us; 0 missed',
        limits: { p99: 2, max: 5 },
    }),
    lateness('… 20 busy platform tasks, 1 worker', 1, {
        busy: 20,
        sketch: 'p99 6299, max 6319 us; 0 missed',
        target: 'p99 2, max 5 us; 0 missed',
        limits: { p99: 2, max: 5 },
    }),
    lateness('… 20 busy platform tasks, 8 workers', 8, {
        busy: 20,
        sketch: 'p99 14323, max 14416 us; 96 of 308 missed',
        target: 'max 20 us; 0 missed',
        limits: { p99: 20, max: 20 },
    }),
    lateness('… a sector and a page of flash written every 100 ms', 1, {
        flash: 100,
        sketch: 'stalls',
        target: 'max 10 us; 0 missed',
        limits: { p99: 10, max: 10 },
    }),
    {
        name: 'pass over 8 trivial workers',
        sketch: '10488 us',
        target: '8 us',
        run: () => {
            const ours = gaps('pass', 'first_step', 20, { worker_count: 8 });
            return {
                ours: `p50 ${us(ours.p50)} (${cycles(ours.p50)}), max ${us(ours.max)}`,
                theirs: '-',
                ok: ours.max <= 8,
            };
        },
    },
    {
        name: 'task switches a second, 20 tasks that yield',
        sketch: '4462',
        target: '1,000,000',
        run: () => {
            const ours = rate('yield', 'yields', { task_count: 20 });
            const theirs = rate('sdk_async', 'yields', { task_count: 20 });
            return {
                ours: `${ours.toLocaleString('en')} (${Math.round(125e6 / ours)} cycles each)`,
                theirs: `async_context workers: ${theirs.toLocaleString('en')}`,
                ok: ours >= 1e6,
            };
        },
    },
    handover('hand-over, core 1 to a waiting task on core 0', 'up', '3746 us'),
    handover('hand-over, core 0 to a waiting task on core 1', 'down', '3686 us'),
    {
        name: 'core 1 started, to the first step of a worker',
        sketch: 'reboots the device',
        target: '1 ms',
        run: () => {
            const ours = between('restart', 'restart_begins', 'restart_step', 500);
            return { ours: `max ${us(ours.max)}`, theirs: '-', ok: ours.max <= 1000 };
        },
    },
    {
        name: 'core 1 reset alone by the supervisor, to the next step of a worker',
        sketch: 'reboots the device',
        target: '1 ms',
        needs: 'revive',
        run: () => {
            const ours = between('revive', 'core_reset', 'revive_step', 1000);
            return {
                ours: `max ${us(ours.max)}, ${ours.count} times`,
                theirs: '-',
                ok: ours.max <= 1000,
            };
        },
    },
    {
        name: 'bytes of a task header',
        sketch: '80-96',
        target: '40',
        run: () => {
            const machine = start('beat', { worker_count: 1 });
            machine.run(20);
            const bytes = machine.read32('task_bytes');
            return { ours: `${bytes}`, theirs: 'async_context worker: 24', ok: bytes <= 40 };
        },
    },
];
