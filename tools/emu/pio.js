// The library's PIO in simulated time: every state machine runs at its own divided clock, delays
// take their cycles, a stalled machine sleeps until what it waits for is there, and FIFOs join.

import { RPPIO, StateMachine, FIFO } from './library.js';

const CTRL = 0x000;
const SM_CLKDIV = 0x00;
const SM_SHIFTCTRL = 0x08;
const SM_INSTR = 0x10;
const JOIN_TX = 1 << 30;
const JOIN_RX = 1 << 31;
const WAIT_PIN = 1;

class TimedStateMachine extends StateMachine {
    constructor(chip, pio, index) {
        super(chip, pio, index);
        this.clock = chip.clock;
        this.chip = chip;
        this.alarm = chip.clock.createAlarm(() => this.tick());
        this.phaseNanos = 0; // a clock edge, from which the others are counted
        this.outputShiftCount = 32; // empty, as after a restart
    }

    get periodNanos() {
        const divider = (this.clockDivInt || 65536) + this.clockDivFrac / 256;
        return divider * this.chip.cycleNanos;
    }

    // The first clock edge at or after now.
    get nextEdge() {
        const { periodNanos, phaseNanos } = this;
        const now = this.clock.nanos;
        return phaseNanos + Math.ceil((now - phaseNanos) / periodNanos - 1e-9) * periodNanos;
    }

    setEnabled(on) {
        if (on === this.enabled) {
            return;
        }
        this.enabled = on;
        if (on && !this.waiting) {
            this.alarm.at(this.nextEdge);
        } else {
            this.alarm.cancel();
        }
    }

    clkDivRestart() {
        this.phaseNanos = this.clock.nanos;
        if (this.alarm.scheduled) {
            this.alarm.at(this.nextEdge);
        }
    }

    // One instruction. `cycles` counts what it takes, with its delay.
    tick() {
        const edge = this.alarm.nanos;
        const before = this.cycles;
        this.step();
        this.pio.checkChangedPins();
        if (this.enabled && !this.waiting) {
            this.alarm.at(edge + (this.cycles - before || 1) * this.periodNanos);
        }
    }

    // A stalled instruction ends at the clock edge after its reason went away, and its delay
    // follows.
    checkWait() {
        const { waiting } = this;
        super.checkWait();
        if (waiting && !this.waiting && this.enabled && !this.pio.stepping) {
            this.pio.checkChangedPins();
            const cycles = 1 + Math.max(0, this.waitDelay);
            this.alarm.at(this.nextEdge + cycles * this.periodNanos);
        }
    }

    step() {
        this.pio.stepping = true;
        super.step();
        this.pio.stepping = false;
    }

    restart() {
        super.restart();
        if (this.enabled && !this.alarm.scheduled) {
            this.alarm.at(this.nextEdge);
        }
    }

    readUint32(offset) {
        return offset === SM_INSTR ? this.pio.instructions[this.pc] : super.readUint32(offset);
    }

    writeUint32(offset, value) {
        const was = this.shiftCtrl;
        super.writeUint32(offset, value);
        if (offset === SM_CLKDIV) {
            this.phaseNanos = this.clock.nanos;
        } else if (offset === SM_SHIFTCTRL && (was ^ value) & (JOIN_TX | JOIN_RX)) {
            this.join(value);
        } else if (offset === SM_INSTR) {
            this.pio.checkChangedPins();
            if (this.enabled && !this.waiting && !this.alarm.scheduled) {
                this.alarm.at(this.nextEdge);
            }
        }
    }

    // Changing the joins empties both FIFOs.
    join(value) {
        this.txFIFO = new FIFO(value & JOIN_TX ? 8 : value & JOIN_RX ? 0 : 4);
        this.rxFIFO = new FIFO(value & JOIN_RX ? 8 : value & JOIN_TX ? 0 : 4);
        this.updateDMATx();
        this.updateDMARx();
    }
}

export class Pio extends RPPIO {
    constructor(chip, index) {
        super(chip, `PIO${index}`, 7 + 2 * index, index);
        this.chip = chip;
        this.stepping = false;
        this.machines = [0, 1, 2, 3].map((i) => new TimedStateMachine(chip, this, i));
    }

    reset() {
        this.machines.forEach((machine) => machine.alarm.cancel());
        this.machines = [0, 1, 2, 3].map((i) => new TimedStateMachine(this.chip, this, i));
        this.instructions.fill(0);
        this.fdebug = this.txStall = this.rxStall = 0;
        this.irq = 0;
        this.irq0IntEnable = this.irq1IntEnable = 0;
        this.irq0IntForce = this.irq1IntForce = 0;
        this.pinValues = this.pinDirections = 0;
        this.checkChangedPins();
        this.checkInterrupts();
    }

    inputChanged(pin) {
        for (const machine of this.machines) {
            if (machine.waiting && machine.waitType === WAIT_PIN && machine.waitIndex === pin) {
                machine.checkWait();
            }
        }
    }

    writeUint32(offset, value) {
        if (offset !== CTRL) {
            super.writeUint32(offset, value);
            return;
        }
        this.machines.forEach((machine, i) => {
            if ((value >>> (4 + i)) & 1) {
                machine.restart();
            }
            if ((value >>> (8 + i)) & 1) {
                machine.clkDivRestart();
            }
            machine.setEnabled(((value >>> i) & 1) !== 0);
        });
    }
}
