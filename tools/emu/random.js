// Numbers from a seed: the same seed, the same numbers (mulberry32).

export class Random {
    constructor(seed) {
        this.state = seed >>> 0;
    }

    /** 0 <= x < 1 */
    next() {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let x = this.state;
        x = Math.imul(x ^ (x >>> 15), x | 1);
        x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
        return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
    }

    /** low <= integer <= high */
    between(low, high) {
        return low + Math.floor(this.next() * (high - low + 1));
    }
}
