// SysTick: a 24-bit down counter at the core's clock, or at 1 MHz.

const CSR = 0xe010;
const RVR = 0xe014;
const CVR = 0xe018;
const CALIB = 0xe01c;

export class SysTick {
    constructor(nvic, clock) {
        this.nvic = nvic;
        this.clock = clock;
        this.alarm = clock.createAlarm(() => this.elapsed());
        this.reload = 0;
        this.reset();
    }

    reset() {
        this.enabled = false;
        this.interrupt = false;
        this.coreClock = false;
        this.flag = false;
        this.stopped = 0; // value while not enabled
        this.zeroAt = 0; // when it comes to zero, while enabled
        this.alarm.cancel();
    }

    get tickNanos() {
        return this.coreClock ? this.nvic.core.chip.cycleNanos : 1000;
    }

    get value() {
        if (!this.enabled) {
            return this.stopped;
        }
        const ticks = Math.ceil((this.zeroAt - this.clock.nanos) / this.tickNanos);
        return Math.max(0, Math.min(ticks, this.reload)) & 0xffffff;
    }

    start(value) {
        // From zero, the first tick loads the counter.
        const ticks = value === 0 ? this.reload + 1 : value;
        this.zeroAt = this.clock.nanos + ticks * this.tickNanos;
        if (this.reload !== 0) {
            this.alarm.at(this.zeroAt);
        }
    }

    elapsed() {
        this.flag = true;
        this.start(0);
        if (this.interrupt) {
            this.nvic.sysTickElapsed();
        }
    }

    read(offset) {
        switch (offset) {
            case CSR: {
                const flag = this.flag ? 1 << 16 : 0;
                this.flag = false;
                return flag | (this.coreClock << 2) | (this.interrupt << 1) | this.enabled;
            }
            case RVR:
                return this.reload;
            case CVR:
                return this.value;
            default:
                return 0x0000270f;
        }
    }

    write(offset, value) {
        switch (offset) {
            case CSR: {
                const now = this.value;
                this.interrupt = (value & 2) !== 0;
                this.coreClock = (value & 4) !== 0;
                this.enabled = (value & 1) !== 0;
                this.alarm.cancel();
                this.stopped = now;
                if (this.enabled) {
                    this.start(now);
                }
                break;
            }
            case RVR:
                this.reload = value & 0xffffff;
                break;
            case CVR:
                this.flag = false;
                this.stopped = 0;
                if (this.enabled) {
                    this.start(0);
                }
                break;
            case CALIB:
                break;
        }
    }
}
