// Strips on the last rows of a terminal, in true colour, below a console that scrolls above them.
// With NO_COLOR, brightness is drawn with characters. Without a terminal that has room
// for them: nothing.

const SHADES = ' .:-=+*#%@';

export class Screen {
    constructor(stream, environment, rows) {
        this.stream = stream;
        this.colour = !environment.NO_COLOR;
        const canDraw = stream.isTTY && environment.TERM !== 'dumb' && stream.rows > rows;
        this.rows = canDraw ? rows : 0;
        this.drawn = new Map(); // row → what it shows
    }

    open() {
        if (this.rows !== 0) {
            const last = this.stream.rows - this.rows;
            this.stream.write(`${'\n'.repeat(this.rows)}\x1b[1;${last}r\x1b[${last};1H`);
        }
    }

    close() {
        if (this.rows !== 0) {
            const first = this.stream.rows - this.rows + 1;
            this.stream.write(`\x1b7\x1b[r\x1b[${first};1H\x1b[J\x1b8`);
        }
    }

    /** Show a strip's pixels on its row, counted from 0. */
    show(row, pixels) {
        if (row >= this.rows) {
            return;
        }
        const width = this.stream.columns - 1;
        const text = pixels.slice(0, width).map((pixel) => this.cell(pixel)).join('');
        if (this.drawn.get(row) !== text) {
            this.drawn.set(row, text);
            const at = this.stream.rows - this.rows + 1 + row;
            this.stream.write(`\x1b7\x1b[${at};1H\x1b[K${text}\x1b[0m\x1b8`);
        }
    }

    cell({ r, g, b, w = 0 }) {
        const level = (value) => Math.min(255, value + w);
        if (this.colour) {
            return `\x1b[38;2;${level(r)};${level(g)};${level(b)}m\u2588`;
        }
        const brightest = Math.max(level(r), level(g), level(b));
        return SHADES[Math.ceil((brightest * (SHADES.length - 1)) / 255)];
    }
}
