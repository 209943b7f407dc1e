// Where the cycles go: per core and function.

export class Profile {
    /** Counts from now on; it makes the machine about half as fast. */
    constructor(machine) {
        this.machine = machine;
        this.cores = machine.chip.cores.map((core) => this.count(core));
    }

    count(core) {
        const nanos = new Map(); // address → time spent there
        const step = core.step.bind(core);
        core.step = () => {
            const pc = core.r[15];
            const before = core.t;
            step();
            nanos.set(pc, (nanos.get(pc) ?? 0) + core.t - before);
        };
        return nanos;
    }

    /** [{name, cycles, share}] of a core, the most first. */
    functions(core) {
        const byName = new Map();
        let total = 0;
        for (const [pc, nanos] of this.cores[core]) {
            const [name] = this.machine.image.describe(pc).split('+');
            byName.set(name, (byName.get(name) ?? 0) + nanos);
            total += nanos;
        }
        return [...byName]
            .map(([name, nanos]) => ({ name, cycles: Math.round(nanos / 8), share: nanos / total }))
            .sort((a, b) => b.cycles - a.cycles);
    }

    /** The table as lines. */
    lines(most = 20) {
        return [0, 1].flatMap((core) => [
            `core ${core}:      cycles  share  function`,
            ...this.functions(core)
                .slice(0, most)
                .map(({ name, cycles, share }) => {
                    const percent = `${(share * 100).toFixed(1)} %`.padStart(6);
                    return `${String(cycles).padStart(19)} ${percent}  ${name}`;
                }),
        ]);
    }
}
