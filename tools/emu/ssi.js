// The serial interface to the flash chip in command mode: what boot2 and flash_do_cmd() use. The
// chip select is driven by the SSI for boot2, and forced through IO_QSPI for flash_do_cmd().

import { BasePeripheral } from './library.js';

const CTRLR0 = 0x00;
const SSIENR = 0x08;
const TXFLR = 0x20;
const RXFLR = 0x24;
const SR = 0x28;
const IDR = 0x58;
const VERSION = 0x5c;
const DR0 = 0x60;
const DR_END = 0xec;
const SPI_CTRLR0 = 0xf4;
const TRANSMIT_EMPTY = 4;
const TRANSMIT_NOT_FULL = 2;
const RECEIVE_NOT_EMPTY = 8;
const EEPROM_READ = 3;

/** The flash chip's command decoder: bytes in, bytes out, while it is selected. */
export class FlashCommands {
    constructor(flash) {
        this.flash = flash;
        this.bytes = [];
        this.writeEnabled = false;
    }

    get offset() {
        return (this.bytes[1] << 16) | (this.bytes[2] << 8) | this.bytes[3];
    }

    exchange(byte) {
        this.bytes.push(byte);
        const n = this.bytes.length - 1;
        if (n === 0) {
            return 0xff;
        }
        switch (this.bytes[0]) {
            case 0x05: // status 1: busy, write enabled
                return (this.flash.busy ? 1 : 0) | (this.writeEnabled ? 2 : 0);
            case 0x35: // status 2: quad enabled
                return 2;
            case 0x9f: // W25Q16JV
                return [0xef, 0x40, 0x15][n - 1] ?? 0xff;
            case 0x4b: // unique number
                return n < 5 ? 0xff : 0xe0 + n - 5;
            case 0x03:
                return n < 4 ? 0xff : this.flash.bytes[(this.offset + n - 4) & 0x1fffff];
            default:
                return 0xff;
        }
    }

    /** The chip is deselected: what was sent takes effect. */
    finish() {
        const { bytes, flash } = this;
        this.bytes = [];
        switch (bytes[0]) {
            case 0x06:
                this.writeEnabled = true;
                return;
            case 0x04:
                this.writeEnabled = false;
                return;
            case 0x20:
            case 0xd8:
            case 0x02:
                break;
            default:
                return;
        }
        if (!this.writeEnabled || bytes.length < 4) {
            return;
        }
        this.writeEnabled = false;
        const offset = (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
        if (bytes[0] === 0x20) {
            flash.eraseSector(offset);
        } else if (bytes[0] === 0xd8) {
            flash.eraseBlock(offset);
        } else {
            flash.programPage(offset, bytes.slice(4));
        }
    }
}

export class Ssi extends BasePeripheral {
    constructor(chip) {
        super(chip, 'SSI');
        this.flash = chip.flashUnit;
        this.commands = new FlashCommands(this.flash);
        this.registers = new Map();
        this.received = [];
        this.forced = null; // chip select as IO_QSPI forces it: true, false, or null
    }

    /** IO_QSPI drives the chip select: selected, not, or left to the SSI. */
    forceSelect(selected) {
        if (this.forced === true && selected !== true) {
            this.commands.finish();
        }
        if (selected === true) {
            this.flash.xipOn = false;
        }
        this.forced = selected;
    }

    readUint32(offset) {
        switch (offset) {
            case TXFLR:
                return 0;
            case RXFLR:
                return this.received.length;
            case SR:
                this.endOfBurst();
                return (
                    TRANSMIT_EMPTY |
                    TRANSMIT_NOT_FULL |
                    (this.received.length !== 0 ? RECEIVE_NOT_EMPTY : 0)
                );
            case IDR:
                return 0x51535049;
            case VERSION:
                return 0x3430312a;
        }
        if (offset >= DR0 && offset <= DR_END) {
            return this.received.shift() ?? 0;
        }
        return this.registers.get(offset) ?? 0;
    }

    // All that was written has been sent: without a forced select, the chip is deselected.
    endOfBurst() {
        if (this.forced === null && this.commands.bytes.length !== 0) {
            this.commands.finish();
        }
    }

    writeUint32(offset, value) {
        if (offset >= DR0 && offset <= DR_END) {
            this.received.push(this.commands.exchange(value & 0xff));
            return;
        }
        this.registers.set(offset, value);
        if (offset === SSIENR) {
            this.received = [];
            this.enabled((value & 1) !== 0);
        }
    }

    // With EEPROM-read transfers in CTRLR0 and an XIP command in SPI_CTRLR0, bus accesses work.
    enabled(on) {
        const mode = ((this.registers.get(CTRLR0) ?? 0) >>> 8) & 3;
        const command = (this.registers.get(SPI_CTRLR0) ?? 0) >>> 24;
        this.flash.xipOn = on && mode === EEPROM_READ && command !== 0;
    }
}
