// The rows: what is measured, what the MicroPython sketch reached (same emulated chip, 125 MHz),
// and the target. Each `run` answers {ours, theirs, ok}: text, text, and whether the target is met.

import {
    between,
    codeOf,
    gaps,
    rate,
    sizes,
    timerLateness,
    untilFrame,
    workerLateness,
} from './measure.js';

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
            const { sent, lost } = ours.frames;
            const inTime = ours.p99 <= limits.p99 && ours.max <= limits.max;
            const ok = inTime && ours.missed === 0 && lost === 0;
            const note = flash ? `; ${ours.writes} writes` : '';
            return {
                ours: `${lateText(ours)}; frames on the wire: ${sent}, ${lost} lost${note}`,
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

// Of tools/size: compiled at -Os for the same core.
function bytes(name, figure, target, sketch, theirs) {
    return {
        name,
        sketch,
        target: `${target}`,
        run: () => {
            const ours = sizes()[figure];
            return { ours: `${ours}`, theirs: theirs(), ok: ours <= target };
        },
    };
}

export const ROWS = [
    lateness('lateness of a 10 ms worker, idle platform', 1, {
        sketch: 'p99 3638, max 3658 us; 0 missed',
        target: 'p99 2, max 5 us; 0 missed, 0 frames lost',
        limits: { p99: 2, max: 5 },
    }),
    lateness('… 20 busy platform tasks, 1 worker', 1, {
        busy: 20,
        sketch: 'p99 6299, max 6319 us; 0 missed',
        target: 'p99 2, max 5 us; 0 missed, 0 frames lost',
        limits: { p99: 2, max: 5 },
    }),
    lateness('… 20 busy platform tasks, 8 workers', 8, {
        busy: 20,
        sketch: 'p99 14323, max 14416 us; 96 of 308 missed',
        target: 'max 20 us; 0 missed, 0 frames lost',
        limits: { p99: 20, max: 20 },
    }),
    lateness('… 1 worker, a sector and its 16 pages of flash written every 100 ms', 1, {
        busy: 20,
        flash: 100,
        sketch: 'stalls',
        target: 'max 10 us; 0 missed, 0 frames lost',
        limits: { p99: 10, max: 10 },
    }),
    lateness('… 8 workers, a sector and its 16 pages of flash written every 100 ms', 8, {
        busy: 20,
        flash: 100,
        sketch: 'stalls',
        target: 'max 20 us; 0 missed, 0 frames lost',
        limits: { p99: 20, max: 20 },
    }),
    {
        name: 'pass over 8 trivial workers',
        sketch: '10488 us',
        target: '8 us',
        run: () => {
            const ours = gaps('pass', 'first_step', 20, { worker_count: 8 });
            const theirs = gaps('sdk_async', 'first_yield', 20, { task_count: 8 });
            return {
                ours: `p50 ${us(ours.p50)} (${cycles(ours.p50)}), max ${us(ours.max)}`,
                theirs: `8 async_context workers: p50 ${us(theirs.p50)}, max ${us(theirs.max)}`,
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
            const theirs = between('sdk_launch', 'launch_begins', 'launch_entry', 100);
            return {
                ours: `max ${us(ours.max)}`,
                theirs: `multicore_launch_core1, to its function: max ${us(theirs.max)}`,
                ok: ours.max <= 1000,
            };
        },
    },
    {
        name: 'core 1 reset alone by the supervisor, to the first frame on the wire',
        sketch: 'reboots the device',
        target: '1 ms',
        run: () => {
            const ours = untilFrame('revive', 'core_reset', 1000);
            const step = between('revive', 'core_reset', 'revive_step', 1000);
            const theirs = between('sdk_launch', 'reset_begins', 'launch_entry', 100);
            return {
                ours: `max ${us(ours.max)}, ${ours.count} times; to the step: ${us(step.max)}`,
                theirs: `multicore_reset_core1 and launch, to its function: max ${us(theirs.max)}`,
                ok: ours.max <= 1000,
            };
        },
    },
    bytes('bytes of a task header', 'task_header', 40, '80-96', () => 'async_context worker: 24'),
    bytes('kernel: bytes of code', 'kernel_code', 4096, '-', () => {
        const parts = ['/pico_async_context/', '/pico_time/', '/pico_util/pheap'];
        const code = codeOf('sdk_async', parts);
        return `async_context and its alarm pool: ${code} (-O3, what is linked)`;
    }),
    bytes('kernel: bytes of RAM besides frames', 'kernel_ram', 256, '-', () => '-'),
];
