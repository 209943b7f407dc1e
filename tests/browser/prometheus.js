// The rules of Prometheus' text format 0.0.4 and of its names, as its own linter has them:
// https://prometheus.io/docs/instrumenting/exposition_formats, …/docs/practices/naming

const NAME = /^[a-z_][a-z0-9_]*$/;
const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y;
const NOT_A_BASE_UNIT = /_(us|ms|ns|minutes|hours|kb|mb|mv|microseconds|milliseconds)(_|$)/;
const KINDS = ['counter', 'gauge', 'histogram'];

function labelsOf(text, wrong) {
    const labels = {};
    LABEL.lastIndex = 0;
    while (LABEL.lastIndex < text.length) {
        const match = LABEL.exec(text);
        if (!match) {
            wrong.push(`labels {${text}}`);
            break;
        }
        if (match[1] in labels) wrong.push(`label ${match[1]} twice in {${text}}`);
        labels[match[1]] = match[2];
    }
    return labels;
}

/** { families: by name, each { kind, help, samples: [{ name, labels, value }] }, wrong } */
export function parse(text) {
    const families = new Map();
    const wrong = text.endsWith('\n') ? [] : ['the last line has no end'];
    let family = null; // that the rows belong to now
    for (const line of text.split('\n').slice(0, -1)) {
        const head = line.match(/^# (HELP|TYPE) (\S+) (.+)$/);
        const row = line.match(SERIES);
        if (head?.[1] === 'HELP') {
            if (families.has(head[2])) wrong.push(`${head[2]} is there twice`);
            family = { name: head[2], help: head[3], samples: [] };
            families.set(family.name, family);
        } else if (head) {
            if (head[2] !== family?.name || family.kind || family.samples.length) {
                wrong.push(`TYPE of ${head[2]} is not right behind its HELP`);
            } else {
                family.kind = head[3];
            }
        } else if (row && family && [family.name, `${family.name}_bucket`, `${family.name}_count`]
            .includes(row[1])) {
            family.samples.push({ name: row[1], labels: labelsOf(row[2] ?? '', wrong),
                value: Number(row[3]) });
        } else {
            wrong.push(`no such line here: ${line}`);
        }
    }
    return { families, wrong };
}

function wrongNames({ name, kind, help }) {
    const wrong = [];
    const say = (condition, what) => condition && wrong.push(`${name}: ${what}`);
    say(!NAME.test(name), 'is not in snake case');
    say(!help?.trim(), 'has no help');
    say(!KINDS.includes(kind), `is of kind ${kind}`);
    say(kind === 'counter' && !name.endsWith('_total'), 'a counter ends in _total');
    say(kind !== 'counter' && name.endsWith('_total'), 'only a counter ends in _total');
    say(/_(bucket|count|sum)$/.test(name), 'ends as a part of a histogram does');
    say(NOT_A_BASE_UNIT.test(name), 'has a unit that is not a base unit');
    say(KINDS.some((k) => name.split('_').includes(k)), 'names its kind');
    return wrong;
}

const without = (labels, key) => JSON.stringify(Object.entries(labels)
    .filter(([name]) => name !== key).sort());

function wrongHistogram({ name, samples }) {
    const wrong = [];
    for (const group of new Set(samples.map(({ labels }) => without(labels, 'le')))) {
        const rows = samples.filter(({ labels }) => without(labels, 'le') === group);
        const buckets = rows.filter((r) => r.name === `${name}_bucket`);
        const bounds = buckets.map(({ labels: { le } }) =>
            (le === '+Inf' ? Infinity : Number(le)));
        const count = rows.find((r) => r.name === `${name}_count`)?.value;
        const rises = (list, by) => list.every((v, i) => i === 0 || by(list[i - 1], v));
        if (!rises(bounds, (a, b) => a < b)) wrong.push(`${name}${group}: le does not rise`);
        if (bounds.at(-1) !== Infinity) wrong.push(`${name}${group}: no bucket +Inf`);
        if (!rises(buckets.map((b) => b.value), (a, b) => a <= b)) {
            wrong.push(`${name}${group}: the buckets are not sums`);
        }
        if (buckets.at(-1)?.value !== count) wrong.push(`${name}${group}: its count is another`);
    }
    return wrong;
}

/** What is wrong with the text, as sentences; empty: nothing. */
export function findings(text) {
    const { families, wrong } = parse(text);
    for (const family of families.values()) {
        wrong.push(...wrongNames(family));
        if (!family.samples.length) wrong.push(`${family.name} has no sample`);
        const seen = family.samples.map((s) => s.name + without(s.labels));
        if (new Set(seen).size !== seen.length) wrong.push(`${family.name}: two rows are the same`);
        if (family.kind === 'histogram') wrong.push(...wrongHistogram(family));
        if (family.kind !== 'histogram' && family.samples.some((s) => s.name !== family.name ||
            'le' in s.labels)) {
            wrong.push(`${family.name}: rows of a histogram`);
        }
        if (family.kind === 'counter' && family.samples.some((s) => s.value < 0)) {
            wrong.push(`${family.name}: a counter is below 0`);
        }
    }
    return wrong;
}
