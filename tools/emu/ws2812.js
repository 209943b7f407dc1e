// What a WS2812 (or SK6812 RGBW) strip sees on its data wire: pulses → bits → bytes → frames, and
// whether the pulses keep to the data sheet.

// Nanoseconds, [shortest, longest]. WS2812B (Worldsemi, 2016): T0H 0.4, T1H 0.8, T0L 0.85, T1L
// 0.45 us, each within 150 ns; reset at least 50 us (280 us for parts made since 2017).
// SK6812 RGBW (Opsco): T0H 0.3, T1H 0.6, T0L 0.9, T1L 0.6 us within 150 ns; reset 80 us.
const WS2812B = { zero: [250, 550], one: [650, 950], low0: [700, 1000], low1: [300, 600] };
const SK6812 = { zero: [150, 450], one: [450, 750], low0: [750, 1050], low1: [450, 750] };
export const PROFILES = {
    ws2812b: { ...WS2812B, reset: 50e3 },
    'ws2812b-2017': { ...WS2812B, reset: 280e3 },
    sk6812: { ...SK6812, reset: 80e3 },
};

const within = (value, [low, high]) => value >= low && value <= high;

export class Wire {
    /** `order`: the colours as they are sent, such as GRB or GRBW. */
    constructor({ profile = 'ws2812b', order = 'GRB' } = {}) {
        this.timing = PROFILES[profile];
        if (this.timing === undefined) {
            throw new Error(`no strip is called ${profile}: ${Object.keys(PROFILES).join(', ')}`);
        }
        this.order = order;
        this.frames = []; // {ns, end, bytes, pixels}
        this.errors = []; // {ns, text}
        this.onFrame = () => {};
        this.roseAt = null;
        this.fellAt = null;
        this.lastBit = 0;
        this.bits = [];
        this.startedAt = 0;
    }

    get frameOpen() {
        return this.bits.length !== 0;
    }

    edge(high, ns) {
        if (high) {
            this.rise(ns);
        } else {
            this.fall(ns);
        }
    }

    rise(ns) {
        if (this.fellAt !== null && this.frameOpen) {
            const low = ns - this.fellAt;
            if (low >= this.timing.reset) {
                this.latch(this.fellAt + this.timing.reset);
            } else {
                this.checkLow(low, ns);
            }
        }
        if (!this.frameOpen) {
            this.startedAt = ns;
        }
        this.roseAt = ns;
    }

    // A pause between bits that is too long to be a bit and too short for a reset may or may not
    // latch: an error either way.
    checkLow(low, ns) {
        const allowed = this.lastBit ? this.timing.low1 : this.timing.low0;
        if (!within(low, allowed)) {
            this.error(ns, `low for ${Math.round(low)} ns after a ${this.lastBit}`);
        }
    }

    fall(ns) {
        if (this.roseAt === null) {
            return;
        }
        const high = ns - this.roseAt;
        const { zero, one } = this.timing;
        this.lastBit = high > (zero[1] + one[0]) / 2 ? 1 : 0;
        if (!within(high, zero) && !within(high, one)) {
            this.error(ns, `high for ${Math.round(high)} ns`);
        }
        this.bits.push(this.lastBit);
        this.fellAt = ns;
    }

    error(ns, text) {
        this.errors.push({ ns, text });
    }

    /** Time has come to here: close the frame if the wire has been low long enough. */
    settle(ns) {
        const over = this.fellAt !== null && ns - this.fellAt >= this.timing.reset;
        if (this.frameOpen && over && !(this.roseAt > this.fellAt)) {
            this.latch(this.fellAt + this.timing.reset);
        }
    }

    latch(end) {
        const bytes = new Uint8Array(Math.floor(this.bits.length / 8));
        if (this.bits.length % (8 * this.order.length) !== 0) {
            this.error(end, `${this.bits.length} bits are not a whole number of pixels`);
        }
        for (let i = 0; i < bytes.length * 8; i++) {
            bytes[i >> 3] = (bytes[i >> 3] << 1) | this.bits[i];
        }
        this.bits = [];
        const frame = { ns: this.startedAt, end, bytes, pixels: this.pixels(bytes) };
        this.frames.push(frame);
        this.onFrame(frame);
    }

    pixels(bytes) {
        const { order } = this;
        const pixels = [];
        for (let at = 0; at + order.length <= bytes.length; at += order.length) {
            const colour = (name) => bytes[at + order.indexOf(name)] ?? 0;
            const pixel = { r: colour('R'), g: colour('G'), b: colour('B') };
            if (order.includes('W')) {
                pixel.w = colour('W');
            }
            pixels.push(pixel);
        }
        return pixels;
    }
}
