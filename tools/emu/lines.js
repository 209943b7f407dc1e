// The other end of a UART: collects lines with the time of their last byte, and types.

export class Lines {
    constructor(machine, index) {
        this.machine = machine;
        this.index = index;
        this.lines = []; // {ns, text}
        this.bytes = []; // of the line that is not over
        this.text = '';
        this.onBytes = () => {}; // (byte): as it comes
        this.queue = [];
        this.alarm = machine.clock.createAlarm(() => this.sendNext(), true);
    }

    byte(byte, ns) {
        this.onBytes(byte);
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
        this.queue.push(...Buffer.from(text));
        if (!this.alarm.scheduled) {
            this.alarm.schedule(0);
        }
    }

    // A byte takes its time; while the receiver is not enabled, nobody listens, and we wait.
    sendNext() {
        const uart = this.machine.chip.uart[this.index];
        if (uart.canReceive) {
            uart.receive(this.queue.shift());
        }
        if (this.queue.length !== 0) {
            this.alarm.schedule(uart.canReceive ? uart.frameBits * uart.bitNanos : 1e6);
        }
    }
}
