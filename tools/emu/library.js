// What we take from rp2040js (MIT), unmodified. The package exports its front door only, so the
// inner modules are named by their files; this is the one place that knows them.
const esm = './node_modules/rp2040js/dist/esm/';

export const { RP2040 } = await import(`${esm}rp2040.js`);
export const { CortexM0Core } = await import(`${esm}cortex-m0-core.js`);
export const { RPSIO } = await import(`${esm}sio.js`);
export const { Interpolator } = await import(`${esm}interpolator.js`);
export const { GPIOPin, GPIOPinState } = await import(`${esm}gpio-pin.js`);
export const { BasePeripheral } = await import(`${esm}peripherals/peripheral.js`);
export const { RPDMAChannel, DREQChannel } = await import(`${esm}peripherals/dma.js`);
export const { RPPIO, StateMachine } = await import(`${esm}peripherals/pio.js`);
export const { FIFO } = await import(`${esm}utils/fifo.js`);
export const { IRQ } = await import(`${esm}irq.js`);
