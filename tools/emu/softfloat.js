// The ROM's floating point functions, computed by this machine's own arithmetic. The times are
// about those that the data sheet (2.8.3.2) gives as typical. Denormals are kept.

const buffer = new DataView(new ArrayBuffer(8));

function toFloat(bits) {
    buffer.setUint32(0, bits);
    return buffer.getFloat32(0);
}

function fromFloat(value) {
    buffer.setFloat32(0, value);
    return buffer.getUint32(0);
}

// Two kinds of arguments and results: one register, or a pair with the low word first.
const single = {
    words: 1,
    get: (r, i) => toFloat(r[i]),
    set: (r, value) => (r[0] = fromFloat(value)),
};
const double = {
    words: 2,
    get: (r, i) => {
        buffer.setUint32(0, r[2 * i + 1]);
        buffer.setUint32(4, r[2 * i]);
        return buffer.getFloat64(0);
    },
    set: (r, value) => {
        buffer.setFloat64(0, value);
        [r[1], r[0]] = [buffer.getUint32(0), buffer.getUint32(4)];
    },
};

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const toInt = (x) => clamp(Math.floor(x) || 0, -(2 ** 31), 2 ** 31 - 1);
const toUint = (x) => clamp(Math.floor(x) || 0, 0, 2 ** 32 - 1);
const toZero = (x) => clamp(Math.trunc(x) || 0, -(2 ** 31), 2 ** 31 - 1);

function big(x, signed) {
    const whole = Number.isNaN(x) ? 0 : Math.floor(x);
    const [low, high] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
    const value = Number.isFinite(whole) ? BigInt(whole) : whole > 0 ? high : low;
    return value < low ? low : value > high ? high : value;
}

function setBig(r, value) {
    const bits = BigInt.asUintN(64, value);
    r[0] = Number(bits & 0xffffffffn);
    r[1] = Number(bits >> 32n);
}

function getBig(r, signed) {
    const bits = (BigInt(r[1]) << 32n) | BigInt(r[0]);
    return Number(signed ? BigInt.asIntN(64, bits) : bits);
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function compareFlags(core, a, b) {
    core.N = a < b;
    core.Z = a === b;
    core.C = !(a < b);
    core.V = false;
}

// In the order of the table (pico/bootrom/sf_table.h): what it does, cycles as float and double.
function entries(kind, other) {
    const { get, set, words } = kind;
    const one = (of) => (r) => set(r, of(get(r, 0)));
    const two = (of) => (r) => set(r, of(get(r, 0), get(r, 1)));
    const scale = (r) => 2 ** (r[words] | 0);
    const sincos = (r) => {
        const x = get(r, 0);
        const cosine = [0, 0];
        set(cosine, Math.cos(x));
        set(r, Math.sin(x));
        r[words] = cosine[0];
        if (words === 2) {
            r[3] = cosine[1];
        }
    };
    return [
        [two((a, b) => a + b), 71, 91],
        [two((a, b) => a - b), 74, 95],
        [two((a, b) => a * b), 69, 155],
        [two((a, b) => a / b), 71, 183],
        [(r) => (r[0] = compare(get(r, 0), get(r, 1))), 25, 39],
        [(r, core) => compareFlags(core, get(r, 0), get(r, 1)), 25, 39],
        [one(Math.sqrt), 63, 169],
        [(r) => (r[0] = toInt(get(r, 0))), 37, 75],
        [(r) => (r[0] = toInt(get(r, 0) * scale(r))), 42, 80],
        [(r) => (r[0] = toUint(get(r, 0))), 38, 76],
        [(r) => (r[0] = toUint(get(r, 0) * scale(r))), 43, 81],
        [(r) => set(r, r[0] | 0), 55, 69],
        [(r) => set(r, (r[0] | 0) * 2 ** -(r[1] | 0)), 60, 74],
        [(r) => set(r, r[0]), 55, 69],
        [(r) => set(r, r[0] * 2 ** -(r[1] | 0)), 60, 74],
        [one(Math.cos), 587, 1617],
        [one(Math.sin), 593, 1618],
        [one(Math.tan), 669, 1891],
        [sincos, 640, 1700],
        [one(Math.exp), 542, 804],
        [one(Math.log), 524, 428],
        [(r) => (r[0] = compare(get(r, 0), get(r, 1))), 25, 39],
        [two((a, b) => Math.atan2(a, b)), 599, 2168],
        [(r) => set(r, getBig(r, true)), 70, 80],
        [(r) => set(r, getBig(r, true) * 2 ** -(r[2] | 0)), 75, 85],
        [(r) => set(r, getBig(r, false)), 70, 80],
        [(r) => set(r, getBig(r, false) * 2 ** -(r[2] | 0)), 75, 85],
        [(r) => setBig(r, big(get(r, 0), true)), 60, 90],
        [(r) => setBig(r, big(get(r, 0) * scale(r), true)), 65, 95],
        [(r) => setBig(r, big(get(r, 0), false)), 60, 90],
        [(r) => setBig(r, big(get(r, 0) * scale(r), false)), 65, 95],
        [(r) => other.set(r, get(r, 0)), 40, 50],
        [(r) => (r[0] = toZero(get(r, 0))), 40, 78], // float2int_z
    ];
}

/** Add the tables SF and SD to the ROM. */
export function addFloats(rom) {
    const table = (kind, other, column) =>
        rom.placeWords(
            entries(kind, other).map((entry) => {
                const [work] = entry;
                const cycles = entry[column];
                const at = rom.hook((core) => {
                    work(core.registers, core);
                    core.penalty += cycles;
                });
                return at | 1;
            }),
        );
    rom.data.SF = table(single, double, 1);
    rom.data.SD = table(double, single, 2);
}
