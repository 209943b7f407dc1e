// The microsecond timer: 64 bits, four alarms that compare the low 32 bits for equality.
//
// An alarm goes off when the counter comes to its value, not before. One that is set to the
// present value or an earlier one goes off after a whole turn of 71.6 minutes, as on silicon.

import { BasePeripheral } from './library.js';

const TIMEHW = 0x00;
const TIMELW = 0x04;
const TIMEHR = 0x08;
const TIMELR = 0x0c;
const ALARM0 = 0x10;
const ALARM3 = 0x1c;
const ARMED = 0x20;
const TIMERAWH = 0x24;
const TIMERAWL = 0x28;
const DBGPAUSE = 0x2c;
const PAUSE = 0x30;
const INTR = 0x34;
const INTE = 0x38;
const INTF = 0x3c;
const INTS = 0x40;
const WRAP = 2 ** 32;

export class Timer extends BasePeripheral {
    constructor(chip) {
        super(chip, 'TIMER');
        this.chip = chip;
        this.clock = chip.clock;
        this.alarms = [0, 1, 2, 3].map((i) => ({
            target: 0,
            armed: false,
            event: this.clock.createAlarm(() => this.fire(i)),
        }));
        this.reset();
    }

    reset() {
        this.alarms.forEach((alarm) => this.disarm(alarm));
        this.zeroNanos = this.clock.nanos - this.chip.startMicros * 1000; // when it was zero
        this.pausedAt = null;
        this.latchedHigh = 0;
        this.writtenLow = 0;
        this.raw = 0;
        this.enabled = 0;
        this.forced = 0;
        this.dbgpause = 7;
    }

    get micros() {
        return this.pausedAt ?? Math.floor((this.clock.nanos - this.zeroNanos) / 1000);
    }

    set micros(value) {
        this.zeroNanos = this.clock.nanos - value * 1000;
        this.alarms.filter((alarm) => alarm.armed).forEach((alarm) => this.arm(alarm));
    }

    get status() {
        return (this.raw & this.enabled) | this.forced;
    }

    arm(alarm) {
        const now = this.micros;
        const delta = (alarm.target - now) >>> 0 || WRAP;
        alarm.armed = true;
        alarm.event.at(this.zeroNanos + (now + delta) * 1000);
    }

    disarm(alarm) {
        alarm.armed = false;
        alarm.event.cancel();
    }

    fire(index) {
        this.alarms[index].armed = false;
        this.raw |= 1 << index;
        this.update();
    }

    update() {
        const { status } = this;
        for (let i = 0; i < 4; i++) {
            this.chip.setInterrupt(i, ((status >>> i) & 1) !== 0);
        }
    }

    readUint32(offset) {
        if (offset >= ALARM0 && offset <= ALARM3) {
            return this.alarms[(offset - ALARM0) >> 2].target;
        }
        const now = this.micros;
        switch (offset) {
            case TIMEHR:
                return this.latchedHigh;
            case TIMELR:
                this.latchedHigh = Math.floor(now / WRAP);
                return now >>> 0;
            case TIMERAWH:
                return Math.floor(now / WRAP);
            case TIMERAWL:
                return now >>> 0;
            case ARMED:
                return this.alarms.reduce((bits, alarm, i) => bits | (alarm.armed << i), 0);
            case DBGPAUSE:
                return this.dbgpause;
            case PAUSE:
                return this.pausedAt === null ? 0 : 1;
            case INTR:
                return this.raw;
            case INTE:
                return this.enabled;
            case INTF:
                return this.forced;
            case INTS:
                return this.status;
            default:
                return super.readUint32(offset);
        }
    }

    writeUint32(offset, value) {
        if (offset >= ALARM0 && offset <= ALARM3) {
            const alarm = this.alarms[(offset - ALARM0) >> 2];
            alarm.target = value;
            this.arm(alarm);
            return;
        }
        switch (offset) {
            case TIMELW:
                this.writtenLow = value;
                return;
            case TIMEHW:
                this.micros = value * WRAP + this.writtenLow;
                return;
            case ARMED:
                this.alarms.forEach((alarm, i) => {
                    if ((this.rawWriteValue >>> i) & 1) {
                        this.disarm(alarm);
                    }
                });
                return;
            case DBGPAUSE:
                this.dbgpause = value & 7;
                return;
            case PAUSE:
                this.pause((value & 1) !== 0);
                return;
            default:
                this.writeInterrupts(offset, value);
        }
    }

    writeInterrupts(offset, value) {
        switch (offset) {
            case INTR:
                this.raw &= ~this.rawWriteValue;
                break;
            case INTE:
                this.enabled = value & 0xf;
                break;
            case INTF:
                this.forced = value & 0xf;
                break;
            default:
                super.writeUint32(offset, value);
        }
        this.update();
    }

    pause(on) {
        if (on && this.pausedAt === null) {
            this.pausedAt = this.micros;
            this.alarms.forEach((alarm) => alarm.event.cancel());
        } else if (!on && this.pausedAt !== null) {
            const micros = this.pausedAt;
            this.pausedAt = null;
            this.micros = micros;
        }
    }
}
