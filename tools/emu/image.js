// Firmware images: ELF with its symbols, or UF2.

import { readFileSync } from 'node:fs';

const FLASH = 0x10000000;
const FLASH_END = 0x11000000;
const RAM = 0x20000000;
const RAM_END = 0x20042000;
const PT_LOAD = 1;
const SHT_SYMTAB = 2;
const SHT_ARM_ATTRIBUTES = 0x70000003;
const EM_ARM = 40;
const ARMV6_M = [11, 12]; // Tag_CPU_arch of the ARM ELF addenda: v6-M, v6S-M
const STT_FILE = 4;
const UF2_START = 0x0a324655;
const UF2_SECOND = 0x9e5d5157;
const UF2_END = 0x0ab16f30;
const RP2040_FAMILY = 0xe48bff56;

/** Bytes at addresses, and symbols {name, address, size}. */
export class Image {
    constructor(parts, symbols = []) {
        this.parts = parts;
        this.symbols = symbols;
        this.byName = new Map(symbols.map((symbol) => [symbol.name, symbol]));
        this.functions = symbols
            .filter((symbol) => symbol.isFunction)
            .sort((a, b) => a.address - b.address);
    }

    /** The vector table, if the image runs from RAM alone. */
    get ramEntry() {
        const inFlash = this.parts.some(({ address }) => address < RAM);
        return inFlash ? null : Math.min(...this.parts.map(({ address }) => address));
    }

    load(flashBytes, ram) {
        for (const { address, bytes } of this.parts) {
            if (address >= RAM) {
                ram.set(bytes, address - RAM);
            } else {
                flashBytes.set(bytes, address - FLASH);
            }
        }
    }

    /** The symbol of this name; throws with a clear sentence if there is none. */
    symbol(name) {
        const symbol = this.byName.get(name);
        if (symbol === undefined) {
            throw new Error(`the image has no symbol ${name}`);
        }
        return symbol;
    }

    /** The function that an address is in: "name+0x12", or the address in hexadecimal. */
    describe(address) {
        let low = 0;
        let high = this.functions.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.functions[middle].address <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        const symbol = this.functions[low - 1];
        if (symbol === undefined || address >= symbol.address + Math.max(symbol.size, 2)) {
            return `0x${address.toString(16).padStart(8, '0')}`;
        }
        const offset = address - symbol.address;
        return offset === 0 ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
    }
}

function checkPart({ address, bytes }) {
    const end = address + bytes.length;
    const fits = (low, high) => address >= low && end <= high;
    if (!fits(FLASH, FLASH_END) && !fits(RAM, RAM_END)) {
        throw new Error(`the image has bytes at 0x${address.toString(16)}, not in flash or RAM`);
    }
}

function readElf(file) {
    if (file.readUInt8(4) !== 1 || file.readUInt16LE(18) !== EM_ARM) {
        throw new Error('the ELF file is not for a 32-bit ARM');
    }
    const headers = file.readUInt32LE(28);
    const size = file.readUInt16LE(42);
    const parts = [];
    for (let i = 0; i < file.readUInt16LE(44); i++) {
        const at = headers + i * size;
        const bytes = file.readUInt32LE(at + 16);
        if (file.readUInt32LE(at) === PT_LOAD && bytes !== 0) {
            const from = file.readUInt32LE(at + 4);
            const address = file.readUInt32LE(at + 12);
            parts.push({ address, bytes: file.subarray(from, from + bytes) });
        }
    }
    const sections = readSections(file);
    const arch = architecture(file, sections);
    if (arch !== undefined && !ARMV6_M.includes(arch)) {
        throw new Error('the ELF file is not for a Cortex-M0+: an image of an RP2350?');
    }
    return new Image(parts, readSymbols(file, sections));
}

function readSections(file) {
    const headers = file.readUInt32LE(32);
    const size = file.readUInt16LE(46);
    return Array.from({ length: file.readUInt16LE(48) }, (_, i) => {
        const word = (n) => file.readUInt32LE(headers + i * size + 4 * n);
        return { type: word(1), offset: word(4), bytes: word(5), link: word(6) };
    });
}

// For which processor it was compiled: undefined if it does not say.
function architecture(file, sections) {
    const found = sections.find(({ type }) => type === SHT_ARM_ATTRIBUTES);
    if (found === undefined) {
        return undefined;
    }
    // 'A', length, "aeabi", 0, tag of the file, length; then pairs of a tag and a value.
    let at = found.offset + 16;
    while (at < found.offset + found.bytes) {
        const tag = file[at++];
        if (tag === 6) {
            return file[at];
        }
        const isText = tag === 4 || tag === 5;
        at = isText ? file.indexOf(0, at) + 1 : at + 1;
    }
    return undefined;
}

function readSymbols(file, sections) {
    const symbols = [];
    for (const table of sections.filter(({ type }) => type === SHT_SYMTAB)) {
        const names = sections[table.link].offset;
        for (let at = table.offset; at < table.offset + table.bytes; at += 16) {
            symbols.push(readSymbol(file, at, names));
        }
    }
    const isNamed = ({ name, kind }) => name !== '' && !name.startsWith('$') && kind < STT_FILE;
    return symbols.filter(isNamed);
}

function readSymbol(file, at, names) {
    const start = names + file.readUInt32LE(at);
    const kind = file.readUInt8(at + 12) & 0xf;
    const value = file.readUInt32LE(at + 4);
    const thumb = kind === 2;
    return {
        name: file.toString('latin1', start, file.indexOf(0, start)),
        address: thumb ? value - (value & 1) : value,
        size: file.readUInt32LE(at + 8),
        isFunction: thumb,
        kind,
    };
}

function readUf2(file) {
    const parts = [];
    for (let at = 0; at + 512 <= file.length; at += 512) {
        const word = (n) => file.readUInt32LE(at + 4 * n);
        if (word(0) !== UF2_START || word(1) !== UF2_SECOND || word(127) !== UF2_END) {
            throw new Error(`the UF2 file has a broken block at byte ${at}`);
        }
        const family = word(2) & 0x2000 ? word(7) : RP2040_FAMILY;
        if (!(word(2) & 1) && family === RP2040_FAMILY) {
            parts.push({ address: word(3), bytes: file.subarray(at + 32, at + 32 + word(4)) });
        }
    }
    return new Image(parts);
}

/** Read an ELF or UF2 file; throws with one clear sentence if it is neither. */
export function readImage(path) {
    const file = readFileSync(path);
    let image;
    if (file.length > 52 && file.readUInt32BE(0) === 0x7f454c46) {
        image = readElf(file);
    } else if (file.length >= 512 && file.readUInt32LE(0) === UF2_START) {
        image = readUf2(file);
    } else {
        throw new Error(`${path} is neither an ELF nor a UF2 file`);
    }
    if (image.parts.length === 0) {
        throw new Error(`${path} has nothing to load for an RP2040`);
    }
    image.parts.forEach(checkPart);
    return image;
}
