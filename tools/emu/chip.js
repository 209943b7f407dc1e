// The RP2040: the library's, with the parts replaced that a second core or simulated time need.

import { RP2040 } from './library.js';
import { Core, Fault } from './core.js';
import { Sio } from './sio.js';
import { Flash } from './flash.js';
import { Ssi } from './ssi.js';
import { Pins, IoBank } from './pins.js';
import { Pio } from './pio.js';
import { Dma } from './dma.js';
import { Timer } from './timer.js';
import { Uart } from './uart.js';
import { Rom } from './rom.js';
import { addFrequencyCounter } from './clocks.js';
import { PlainRegisters, Resets, makeRosc, makeVreg, makeXipControl, makeIoQspi } from './plain.js';

const ROM_END = 0x4000;
const USB_RAM = 0x50100000;
const USB_RAM_END = 0x50101000;
const PSM_FRCE_OFF = 0x04;
const PSM_PROC0 = 1 << 15;
const RESET_DMA = 1 << 2;
const RESET_PIO = 10;
const RESET_TIMER = 1 << 21;
const RESET_UART = 22;

export class Chip extends RP2040 {
    /** `events`: what the machine wants to hear; `random`: for the ring oscillator's noise. */
    constructor(clock, events, random, hadPowerOn) {
        super(clock);
        Object.assign(this, events); // onWatch, onEdge, onFault, onWarning, onStop, …
        this.watchBits = new Uint8Array(65536);
        this.startMicros ??= 0; // where the timer starts whenever it is reset
        this.ramEntry = null; // vector table of an image that runs from RAM
        this.logger = this.makeLogger();
        this.flashUnit = new Flash(clock);
        this.flashUnit.chip = this;
        this.flash = this.flashUnit.bytes;
        this.dmaPort = { penalty: 0, mpu: { guardsFlash: false } }; // a reader of flash like a core
        this.cores = [new Core(this, 0), new Core(this, 1)];
        [this.core] = this.cores;
        this.replaceParts(random, hadPowerOn);
        this.rom = new Rom(this);
        this.onBreak = (code) => this.breakpoint(code);
        this.addClockListener(() => this.clockChanged());
        this.clockChanged();
    }

    replaceParts(random, hadPowerOn) {
        this.sio = new Sio(this);
        this.dma = new Dma(this);
        this.ioBank = new IoBank(this);
        this.pio = [new Pio(this, 0), new Pio(this, 1)];
        this.pins = new Pins(this);
        this.uart = [new Uart(this, 0), new Uart(this, 1)];
        this.timer = new Timer(this);
        this.ssi = new Ssi(this);
        this.xipControl = makeXipControl(this);
        this.watchdog = this.peripherals[0x40058];
        this.watchdog.onWatchdogTrigger = () => this.onSystemReset('watchdog');
        Object.assign(this.peripherals, {
            0x18000: this.ssi,
            0x4000c: new Resets(this, (blocks) => this.resetBlocks(blocks)),
            0x40014: this.ioBank,
            0x40018: makeIoQspi(this),
            0x40034: this.uart[0],
            0x40038: this.uart[1],
            0x40054: this.timer,
            0x40060: makeRosc(this, random),
            0x40064: makeVreg(this, hadPowerOn),
            0x50000: this.dma,
            0x50200: this.pio[0],
            0x50300: this.pio[1],
        });
        addFrequencyCounter(this);
        this.watchPsm(this.peripherals[0x40010]);
        this.limitSysCfg();
        this.makeMap();
        this.pins.updateAll();
    }

    // --- time -----------------------------------------------------------------------------------

    get cycleNanos() {
        return 1e9 / this.clkSys;
    }

    clockChanged() {
        this.cores.forEach((core) => {
            core.cycleNanos = this.cycleNanos * (core.slowness ?? 1);
        });
    }

    /** A core that runs at another speed than the clock says, to look for races. */
    setSlowness(index, factor) {
        this.cores[index].slowness = factor;
        this.clockChanged();
    }

    // --- between the cores ----------------------------------------------------------------------

    sendEvent() {
        this.cores.forEach((core) => core.event());
    }

    setInterrupt(irq, value) {
        this.cores?.forEach((core) => core.setInterrupt(irq, value));
    }

    updateIOInterrupt() {} // IoBank does it, per core

    breakpoint(code) {
        const { core } = this.clock;
        if (core.at < ROM_END) {
            this.rom.call(core, code);
            return;
        }
        throw new Fault(`breakpoint ${code}`, core.at);
    }

    // --- resets ---------------------------------------------------------------------------------

    watchPsm(psm) {
        const write = psm.writeUint32.bind(psm);
        psm.writeUint32 = (offset, value) => {
            const before = psm.frceOff;
            write(offset, value);
            if (offset === PSM_FRCE_OFF) {
                this.cores.forEach((core, i) => {
                    this.forceCore(core, PSM_PROC0 << i, before, value);
                });
            }
        };
    }

    forceCore(core, bit, before, after) {
        if (after & bit && !(before & bit)) {
            core.romSteps = undefined;
            core.romAlarm?.cancel();
            core.powerOff();
        } else if (before & bit && !(after & bit)) {
            core.restart(core.index === 0 ? this.rom.startCore0 : this.rom.startCore1);
            this.onCoreReset?.(core);
        }
    }

    resetBlocks(blocks) {
        if (blocks & RESET_DMA) {
            this.dma.reset();
        }
        if (blocks & RESET_TIMER) {
            this.timer.reset();
        }
        this.pio.forEach((pio, i) => (blocks >>> (RESET_PIO + i)) & 1 && pio.reset());
        this.uart.forEach((uart, i) => (blocks >>> (RESET_UART + i)) & 1 && uart.reset());
    }

    limitSysCfg() {
        this.peripherals[0x40004] = new PlainRegisters(this, 'SYSCFG');
    }

    // --- the bus, as the cores see it -----------------------------------------------------------

    // The library's table has keys far apart, which is slow: this one is dense.
    makeMap() {
        this.map = new Array(512).fill(undefined);
        Object.entries(this.peripherals).forEach(([key, peripheral]) => {
            this.map[mapIndex(Number(key) << 12)] = peripheral;
        });
    }

    peripheralAt(address) {
        const block = address >>> 20;
        const known = block === 0x400 || (block >= 0x500 && block <= 0x503);
        return known ? this.map[mapIndex(address)] : undefined;
    }

    busRead32(address) {
        if (address < ROM_END) {
            return this.bootrom[address >>> 2];
        }
        if (address >= USB_RAM && address < USB_RAM_END) {
            return this.usbDPRAMView.getUint32(address - USB_RAM, true);
        }
        const peripheral = this.peripheralAt(address);
        if (peripheral === undefined) {
            throw new Fault('read of an address where nothing is', address);
        }
        return peripheral.readUint32(address & 0xfff) >>> 0;
    }

    busWrite(address, value) {
        if (address >>> 28 === 1) {
            this.flashUnit.write(address, value);
            return;
        }
        if (address >= USB_RAM && address < USB_RAM_END) {
            this.usbDPRAMView.setUint32(address - USB_RAM, value, true);
            this.usbCtrl.DPRAMUpdated(address - USB_RAM, value);
            return;
        }
        const peripheral = this.peripheralAt(address);
        if (peripheral === undefined) {
            throw new Fault('write to an address where nothing is', address);
        }
        writeAlias(peripheral, address & 0xfff, value, (address >>> 12) & 3);
    }

    // --- the bus, as DMA sees it (the library's channels call these) ----------------------------

    readUint32(address) {
        return this.dmaRead(address, 'read32') ?? super.readUint32(address);
    }

    readUint16(address) {
        return this.dmaRead(address, 'read16') ?? super.readUint16(address);
    }

    readUint8(address) {
        return this.dmaRead(address, 'read8') ?? super.readUint8(address);
    }

    dmaRead(address, how) {
        if (address >>> 28 !== 1 || this.flashUnit === undefined) {
            return undefined;
        }
        try {
            return this.flashUnit[how](this.dmaPort, address >>> 0);
        } catch (error) {
            if (!(error instanceof Fault)) {
                throw error;
            }
            this.recordFault(null, error);
            return 0;
        }
    }

    // --- what went wrong ------------------------------------------------------------------------

    recordFault(core, fault) {
        this.onFault({
            core: core?.index ?? 'DMA',
            ns: this.clock.nanos,
            pc: core?.at ?? 0,
            lr: core?.LR ?? 0,
            kind: fault.kind,
            address: fault.address,
        });
    }

    warn(component, text) {
        const { core } = this.clock;
        this.onWarning({ component, text, core: core?.index, pc: core?.at, ns: this.clock.nanos });
    }

    makeLogger() {
        const warn = (component, text) => this.warn(component, text);
        return { debug() {}, info() {}, warn, error: warn };
    }
}

function mapIndex(address) {
    return ((address >>> 14) & 0xff) | ((address >>> 20) & 0x100);
}

// The three aliases of a register: exclusive or, set, clear (data sheet 2.1.2).
function writeAlias(peripheral, offset, value, alias) {
    peripheral.rawWriteValue = value;
    if (alias !== 0) {
        const old = peripheral.readUint32(offset);
        value = alias === 1 ? old ^ value : alias === 2 ? old | value : old & ~value;
    }
    peripheral.writeUint32(offset, value >>> 0);
}

