// The command line of emu, read into one object.

export class UsageError extends Error {}

const number = (text) => {
    const value = Number(text);
    if (text === '' || !Number.isFinite(value) || value < 0) {
        throw new UsageError(`${text || 'nothing'} is not a number`);
    }
    return value;
};

function press(text) {
    const match = /^(\d+)@(\d+(?:\.\d+)?)\+(\d+(?:\.\d+)?)$/.exec(text);
    if (!match) {
        throw new UsageError(`--press ${text}: it must be PIN@MS+MS`);
    }
    const [pin, at, length] = match.slice(1).map(Number);
    return { pin: pinNumber(pin), at, length };
}

function pinNumber(value) {
    const pin = number(String(value));
    if (!Number.isInteger(pin) || pin > 29) {
        throw new UsageError(`there is no pin ${value}: 0 to 29`);
    }
    return pin;
}

function pin(text) {
    const [name, level] = text.split('=');
    if (level !== '0' && level !== '1') {
        throw new UsageError(`--pin ${text}: it must be PIN=0 or PIN=1`);
    }
    return { pin: pinNumber(name), level: level === '1' };
}

function setting(text) {
    const [symbol, value] = text.split('=');
    return { symbol, value: number(value ?? '') };
}

function strip(text) {
    const [name, profile, order] = text.split(':');
    return { pin: pinNumber(name), profile, order };
}

function unescape(text) {
    const plain = { n: '\n', r: '\r', t: '\t', '\\': '\\' };
    const byte = (code) => String.fromCharCode(parseInt(code.slice(1), 16));
    return text.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, code) =>
        code.length === 3 ? byte(code) : (plain[code] ?? code),
    );
}

// name: [how its value is read, or null for a flag; is it a list?]
const OPTIONS = {
    for: [number],
    net: [String],
    until: [String],
    type: [unescape, true],
    press: [press, true],
    button: [pinNumber, true],
    pin: [pin, true],
    strip: [strip, true],
    set: [setting, true],
    seed: [number],
    xip: [number],
    timer: [number],
    watch: [String, true],
    log: [String],
    profile: [null],
    fast: [null],
    allow: [String, true],
    faults: [null],
};

function defaults() {
    const options = { image: undefined };
    for (const [name, [, list]] of Object.entries(OPTIONS)) {
        options[name] = list ? [] : undefined;
    }
    return options;
}

function take(options, name, words) {
    const [read, list] = OPTIONS[name];
    if (read === null) {
        options[name] = true;
        return;
    }
    if (words.length === 0) {
        throw new UsageError(`--${name} needs a value`);
    }
    const value = read(words.shift());
    if (list) {
        options[name].push(value);
    } else {
        options[name] = value;
    }
}

/** Throws a UsageError with one clear sentence. */
export function readOptions(argv) {
    const options = defaults();
    const words = [...argv];
    while (words.length !== 0) {
        const word = words.shift();
        const name = word.startsWith('--') ? word.slice(2) : null;
        if (name === null && options.image === undefined) {
            options.image = word;
        } else if (name !== null && Object.hasOwn(OPTIONS, name)) {
            take(options, name, words);
        } else {
            throw new UsageError(`${word} is not understood`);
        }
    }
    if (options.image === undefined) {
        throw new UsageError('which image?');
    }
    return options;
}
