// Simulated time in nanoseconds, and the list of what happens next.
//
// The library's peripherals ask this clock for the time and set alarms on it. While a core
// executes, the time is that core's own; while an event is handled, it is the event's.

class Alarm {
    constructor(clock, callback, survives) {
        this.clock = clock;
        this.callback = callback;
        this.survives = survives;
        this.nanos = 0;
        this.next = null;
        this.scheduled = false;
    }

    /** Call back in deltaNanos from now; an alarm that is already set is moved. */
    schedule(deltaNanos) {
        this.at(this.clock.nanos + deltaNanos);
    }

    /** Call back at this time. */
    at(nanos) {
        if (this.scheduled) {
            this.cancel();
        }
        this.nanos = nanos;
        this.clock.link(this);
    }

    cancel() {
        if (this.scheduled) {
            this.clock.unlink(this);
        }
    }
}

export class EventClock {
    constructor() {
        this.time = 0; // of the last event
        this.core = null; // the core that executes now
        this.first = null; // alarms, the earliest first
        this.horizon = Infinity; // how far the executing core may run before others must be asked
    }

    get nanos() {
        return this.core ? this.core.t : this.time;
    }

    get micros() {
        return this.nanos / 1000;
    }

    get nextNanos() {
        return this.first ? this.first.nanos : Infinity;
    }

    /** `survives`: it stays when the chip is reset. */
    createAlarm(callback, survives = false) {
        return new Alarm(this, callback, survives);
    }

    /** The chip is reset: forget what its parts have set. */
    forgetChip() {
        const keep = [];
        for (let item = this.first; item; item = item.next) {
            item.scheduled = false;
            if (item.survives) {
                keep.push(item);
            }
        }
        this.first = null;
        keep.forEach((alarm) => this.link(alarm));
    }

    /** The executing core must stop at this time at the latest. */
    limit(nanos) {
        if (nanos < this.horizon) {
            this.horizon = nanos;
        }
    }

    // Alarms at the same time go off in the order in which they were set.
    link(alarm) {
        let before = null;
        let item = this.first;
        while (item && item.nanos <= alarm.nanos) {
            before = item;
            item = item.next;
        }
        alarm.next = item;
        alarm.scheduled = true;
        if (before) {
            before.next = alarm;
        } else {
            this.first = alarm;
            this.limit(alarm.nanos);
        }
    }

    unlink(alarm) {
        alarm.scheduled = false;
        if (this.first === alarm) {
            this.first = alarm.next;
            return;
        }
        let item = this.first;
        while (item.next !== alarm) {
            item = item.next;
        }
        item.next = alarm.next;
    }

    /** Handle the first event, which is due at nextNanos. */
    runFirst() {
        const alarm = this.first;
        this.first = alarm.next;
        alarm.scheduled = false;
        this.time = Math.max(this.time, alarm.nanos);
        alarm.callback();
    }
}
