// The part of the clocks block that the library leaves out: the frequency counter, and the clock
// gates of sleep, which are remembered only.

const FIRST = 0x80;
const FC0_SRC = 0x94;
const FC0_STATUS = 0x98;
const FC0_RESULT = 0x9c;
const LAST = 0xc4;
const DONE = 0x10;
const FRACTION_BITS = 5; // of a kHz

/** Frequencies in Hz by FC0_SRC (data sheet 2.15.6.2); 0: nothing there. */
function frequencyOf(chip, source) {
    const { clocks } = chip;
    switch (source) {
        case 1:
            return chip.pllSys.frequency;
        case 2:
            return chip.pllUsb.frequency;
        case 3:
            return chip.roscFreq;
        case 5:
            return chip.xoscFreq;
        case 8:
            return clocks.refFreq;
        case 9:
            return chip.clkSys;
        case 10:
            return chip.clkPeri;
        case 11:
        case 12:
            return chip.pllUsb.frequency;
        default:
            return 0;
    }
}

/** Let the library's clocks answer for these registers too. */
export function addFrequencyCounter(chip) {
    const { clocks } = chip;
    const read = clocks.readUint32.bind(clocks);
    const write = clocks.writeUint32.bind(clocks);
    const values = {};
    const ours = (offset) => offset >= FIRST && offset <= LAST;
    clocks.readUint32 = (offset) => {
        if (!ours(offset)) {
            return read(offset);
        }
        if (offset === FC0_STATUS) {
            return DONE;
        }
        if (offset === FC0_RESULT) {
            const hertz = frequencyOf(chip, values[FC0_SRC] ?? 0);
            return Math.floor((hertz / 1000) * 2 ** FRACTION_BITS);
        }
        return values[offset] ?? 0;
    };
    clocks.writeUint32 = (offset, value) => {
        if (ours(offset)) {
            values[offset] = value;
        } else {
            write(offset, value);
        }
    };
}
