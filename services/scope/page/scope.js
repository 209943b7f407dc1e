// The loop scope: server-sent events in, two time lines and some histograms out.
//
//   lane   { id, core, name }                    who has a row
//   spans  { now, lost, running, spans: [ id, ago, length, busy, … ] }     all in microseconds
//   worker { name, state, runs, late, … }        one of `workers` of /api/loops
'use strict';

const KEEP_US = 11e6; // what is older is forgotten
const DELAY_US = 220e3; // a span is told when it has ended: so much later all of them are here
const ROW_REM = 1.5;

const $ = (id) => document.getElementById(id);
const number = (n) => n.toLocaleString('en-US');
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const lanes = new Map(); // id → { core, name, spans, misses, row }
const workers = new Map(); // name → { account, seen, card }
const clock = { last: null, total: 0, at: 0 }; // of the device, without its wrap after 71 minutes
let running = null; // [ id, since ]
let paused = null; // the time at which the picture stands
let updates = 0;

// --- time ------------------------------------------------------------------------------------

function setClock(now) {
    const step = clock.last === null ? 0 : (now - clock.last) >>> 0;
    const guess = clock.total + (performance.now() - clock.at) * 1000;
    clock.last = now;
    clock.total += step;
    // What comes late over the net must not make the picture jump: follow by a tenth.
    clock.offset = Math.abs(guess - clock.total) > 250e3 ? 0
        : clock.offset * 0.9 + (guess - clock.total) * 0.1;
    clock.at = performance.now() - clock.offset / 1000;
}

const deviceTime = () => clock.total + (performance.now() - clock.at) * 1000;
const shownTime = () => (paused === null ? deviceTime() - DELAY_US : paused);

// With a space that does not break between the number and its unit.
function time(us) {
    const rounded = (n) => Number(n.toPrecision(3));
    if (us < 1000) return `${us}\u00a0µs`;
    if (us < 1e6) return `${rounded(us / 1e3)}\u00a0ms`;
    return `${rounded(us / 1e6)}\u00a0s`;
}

// --- events ----------------------------------------------------------------------------------

function addLane({ id, core, name }) {
    const lane = lanes.get(id);
    if (lane) {
        lane.row.firstChild.textContent = lane.name = name;
        return;
    }
    const row = document.createElement('li');
    row.append(document.createElement('b'), document.createElement('i'));
    row.firstChild.textContent = row.firstChild.title = name;
    $(`core${core}`).querySelector('.names').append(row);
    lanes.set(id, { id, core, name, spans: [], misses: [], row });
}

function addSpans({ now, lost, running: step, spans }) {
    setClock(now);
    updates++;
    running = step.length ? [step[0], clock.total - step[1]] : null;
    for (let i = 0; i < spans.length; i += 4) {
        const lane = lanes.get(spans[i]);
        const begin = clock.total - spans[i + 1];
        lane?.spans.push({ begin, end: begin + spans[i + 2], busy: spans[i + 3] });
    }
    for (const lane of lanes.values()) {
        while (lane.spans.length && lane.spans[0].end < clock.total - KEEP_US) lane.spans.shift();
        while (lane.misses.length && lane.misses[0] < clock.total - KEEP_US) lane.misses.shift();
    }
    $('lost').textContent = lost ? `${number(lost)} spans came too quickly to be shown.` : '';
}

function addWorker(account) {
    const known = workers.get(account.name) ?? { card: makeCard(account.name) };
    if (known.account && account.skips > known.account.skips) {
        for (const lane of lanes.values()) {
            if (lane.core === 1 && lane.name === account.name) lane.misses.push(clock.total);
        }
    }
    workers.set(account.name, Object.assign(known, { account, seen: updates }));
    fillCard(known.card, account);
    sayHeadline();
}

// Who has not been told of for three seconds has left.
function forgetWorkers() {
    for (const [name, worker] of workers) {
        if (updates - worker.seen > 36) {
            worker.card.remove();
            workers.delete(name);
        }
    }
}

// --- words -----------------------------------------------------------------------------------

const counted = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;

const sentenceOf = (a) => `${a.name}: ${counted(a.runs, 'frame', 'frames')}, ` +
    `${number(a.skips)} missed, at most ${time(a.late_us_longest)} late`;

// The worker with the shortest period is the one that would suffer first.
function sayHeadline() {
    const first = [...workers.values()].map((w) => w.account).filter((a) => a.period_us)
        .sort((a, b) => a.period_us - b.period_us)[0];
    if (!first) return;
    const missed = [...workers.values()].reduce((sum, w) => sum + w.account.skips, 0);
    $('sentence').textContent = sentenceOf(first);
    $('verdict').textContent = missed
        ? `${counted(missed, 'frame was', 'frames were')} missed, of all workers together`
        : 'The app loop does not notice the platform.';
    $('verdict').className = missed ? 'bad' : '';
}

// For those who listen: not more often than they can follow.
function speak() {
    if (clock.last !== null) $('spoken').textContent = $('sentence').textContent;
}

// --- histograms ------------------------------------------------------------------------------

function makeCard(name) {
    const card = document.createElement('article');
    card.innerHTML = '<h3><span></span> <span class="state"></span></h3><p></p>' +
        '<div class="bars" role="img"></div><div class="axis" aria-hidden="true"></div>';
    card.querySelector('h3 span').textContent = name;
    $('workers').append(card);
    return card;
}

const bound = (bucket) =>
    (bucket === 0 ? 'under 1\u00a0µs' : `${time(2 ** (bucket - 1))} and more`);

function fillCard(card, a) {
    const [state, text, bars, axis] = ['.state', 'p', '.bars', '.axis'].map((c) =>
        card.querySelector(c));
    const pace = a.period_us ? `every ${time(a.period_us)}` : 'in slack time';
    state.textContent = a.state === 'active' ? pace : `${a.state}, ${pace}`;
    state.classList.toggle('bad', a.state !== 'active');
    const problems = [[a.overruns, 'over budget'], [a.errors, 'failed']].filter(([n]) => n)
        .map(([n, what]) => `, ${number(n)} ${what}`).join('');
    const after = a.late_after && a.late_us_longest ? `, after ${a.late_after}` : '';
    const late = a.period_us
        ? `, ${number(a.skips)} missed, at most ${time(a.late_us_longest)} late${after}` : '';
    text.textContent = `${counted(a.runs, 'run', 'runs')}${late}${problems}; ` +
        `the longest took ${time(a.run_us_longest)}`;
    bars.hidden = axis.hidden = !a.period_us;
    const columns = Math.max(12, a.late.length);
    if (bars.children.length !== columns) {
        bars.replaceChildren(...Array.from({ length: columns }, () =>
            document.createElement('div')));
        axis.replaceChildren(...Array.from({ length: columns }, (_, i) => {
            const label = document.createElement('span');
            const fits = i % 5 === 0 && i < columns - 2;
            label.textContent = !fits ? '' : i ? time(2 ** (i - 1)) : '<1\u00a0µs';
            return label;
        }));
    }
    const steps = (n) => (n ? 1 + Math.log(n) / Math.log(4) : 0);
    const highest = Math.max(8, ...a.late.map(steps));
    a.late.forEach((n, i) => {
        bars.children[i].style.height = `${(100 * steps(n)) / highest}%`;
        bars.children[i].title = `${bound(i)}: ${number(n)}`;
    });
    bars.setAttribute('aria-label', `Lateness of ${a.name}: ` + (a.late.map((n, i) =>
        n && `${number(n)} times ${bound(i)}`).filter(Boolean).join('; ') || 'nothing yet'));
}

// --- time lines ------------------------------------------------------------------------------

function colours() {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(['app', 'platform', 'late', 'rule'].map((name) =>
        [name, style.getPropertyValue(`--${name}`)]));
}

function fitCanvas(canvas, rows) {
    const scale = devicePixelRatio;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const height = Math.max(1, rows) * ROW_REM * rem;
    canvas.style.height = `${height}px`;
    const [w, h] = [Math.round(canvas.clientWidth * scale), Math.round(height * scale)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    return { width: canvas.width, row: ROW_REM * rem * scale };
}

// What the lane did between two times, as rectangles: light for its length, full for the busy part.
function drawLane(pen, lane, { x, from, to, top, height }, colour) {
    pen.fillStyle = colour.rule;
    pen.fillRect(0, top + height - 1, x(to), 1);
    pen.fillStyle = lane.core ? colour.app : colour.platform;
    const bars = lane.spans.filter((s) => s.end >= from && s.begin <= to);
    if (running?.[0] === lane.id) {
        bars.push({ begin: running[1], end: to, busy: to - running[1] });
    }
    for (const { begin, end, busy } of bars) {
        const width = Math.max(1, x(end) - x(begin));
        const high = height * Math.max(0.15, Math.min(1, busy / Math.max(1, end - begin)));
        pen.globalAlpha = 0.3;
        pen.fillRect(x(begin), top, width, height);
        pen.globalAlpha = 1;
        pen.fillRect(x(begin), top + height - high, width, high);
    }
    pen.fillStyle = colour.late;
    for (const at of lane.misses) pen.fillRect(x(at) - 1, top, 3, height);
}

function draw() {
    const to = shownTime();
    const from = to - Number($('range').value) * 1e6;
    const colour = colours();
    for (const core of [0, 1]) {
        const canvas = $(`core${core}`).querySelector('canvas');
        const mine = [...lanes.values()].filter((lane) => lane.core === core);
        const { width, row } = fitCanvas(canvas, mine.length);
        const pen = canvas.getContext('2d');
        const x = (at) => Math.round(((at - from) / (to - from)) * width);
        pen.clearRect(0, 0, canvas.width, canvas.height);
        mine.forEach((lane, i) => drawLane(pen, lane,
            { x, from, to, top: i * row + 2, height: row - 4 }, colour));
    }
}

// How much of the last two seconds each lane was busy.
function sayShares() {
    const from = deviceTime() - DELAY_US - 2e6;
    for (const lane of lanes.values()) {
        const busy = lane.spans.filter((s) => s.begin >= from).reduce((sum, s) => sum + s.busy, 0);
        const percent = running?.[0] === lane.id ? 100 : Math.min(100, busy / 2e4);
        lane.row.lastChild.textContent = percent === 0 ? '–'
            : percent < 0.1 ? '<0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
    }
}

// --- the page --------------------------------------------------------------------------------

function connect() {
    const source = new EventSource('/scope/events');
    const on = (name, use) => source.addEventListener(name, (e) => use(JSON.parse(e.data)));
    on('lane', addLane);
    on('spans', addSpans);
    on('worker', addWorker);
    source.onopen = () => {
        for (const lane of lanes.values()) lane.row.remove();
        lanes.clear();
        Object.assign(clock, { last: null, total: 0, at: performance.now(), offset: 0 });
        $('link').textContent = 'live';
        $('link').className = 'live';
    };
    source.onerror = () => {
        $('link').textContent = 'no connection; trying again';
        $('link').className = 'lost';
        if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
    };
}

function everyFrame() {
    if (!calm.matches && !document.hidden) draw();
    requestAnimationFrame(everyFrame);
}

$('range').value = innerWidth < 700 ? '0.5' : '2';
$('pause').onclick = () => {
    paused = paused === null ? shownTime() : null;
    $('pause').setAttribute('aria-pressed', String(paused !== null));
};
setInterval(() => {
    sayShares();
    forgetWorkers();
    if (calm.matches) draw();
}, 1000);
setInterval(speak, 15000);
connect();
everyFrame();
