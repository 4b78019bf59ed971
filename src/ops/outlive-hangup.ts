import { isatty } from 'node:tty';

/** Standard input, output and error. */
const STREAMS = [0, 1, 2];

/**
 * Lets a program go on when its terminal is closed, if it was started by `nohup`: Node forgets, before any of our code runs,
 * that SIGHUP was to be ignored. What is left to tell it by is that `nohup` leaves none of the three streams on a terminal.
 */
export function outliveHangup(): void {
  if (!STREAMS.some((fd) => isatty(fd))) process.on('SIGHUP', () => undefined);
}
