// The other end of a UART: collects lines with the time of their last byte, and types.

export class Lines {
    constructor(machine, index) {
        this.machine = machine;
        this.index = index;
        this.lines = []; // {ns, text}
        this.bytes = []; // of the line that is not over
        this.text = '';
        this.keeps = true; // what comes; false: it is no text, and much
        this.onBytes = () => {}; // (byte): as it comes
        this.queue = []; // to be sent, from `first` on
        this.first = 0;
        this.alarm = machine.clock.createAlarm(() => this.sendNext(), true);
    }

    byte(byte, ns) {
        this.onBytes(byte);
        if (!this.keeps) {
            return;
        }
        this.text += String.fromCharCode(byte);
        if (byte !== 10) {
            this.bytes.push(byte);
            return;
        }
        const text = Buffer.from(this.bytes).toString('utf8').replace(/\r$/, '');
        this.bytes = [];
        this.lines.push({ ns, text });
        this.machine.note('-', `uart${this.index}`, text);
    }

    type(text) {
        for (const byte of Buffer.from(text)) {
            this.queue.push(byte);
        }
        if (!this.alarm.scheduled) {
            this.alarm.schedule(0);
        }
    }

    next() {
        const byte = this.queue[this.first++];
        if (this.first === this.queue.length) {
            this.queue = [];
            this.first = 0;
        }
        return byte;
    }

    // A byte takes its time; while the receiver is not enabled, nobody listens, and we wait.
    sendNext() {
        if (this.queue.length === 0) {
            return; // and the last byte has had its time
        }
        const uart = this.machine.chip.uart[this.index];
        if (uart.canReceive) {
            uart.receive(this.next());
        }
        this.alarm.schedule(uart.canReceive ? uart.frameBits * uart.bitNanos : 1e6);
    }
}
