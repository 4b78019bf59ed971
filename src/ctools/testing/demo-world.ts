import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { runProgram } from '../program.ts';
import { demoProgram } from './demo-program.ts';
import { type FakeIo, type FakeIoOptions, fakeIo } from './fake-io.ts';

/** Arguments for every parameter of the demo that is asked for. */
export const ALL_GIVEN: readonly string[] = ['infile=a.fits', 'title=t', 'radius=1', 'count=2'];

const opened: FakeIo[] = [];
afterEach(() => {
  for (const io of opened.splice(0)) io.remove();
});

/** A fake world that is removed after the test. */
export function world(options?: FakeIoOptions): FakeIo {
  const io = fakeIo(options);
  opened.push(io);
  return io;
}

/** Runs the demo, and returns its exit status and the values it read (undefined if it did not come that far). */
export async function runDemo(io: FakeIo, args: readonly string[] = []): Promise<{ status: number; answers: unknown }> {
  const printed: string[] = [];
  const status = await runProgram(
    demoProgram((line) => void printed.push(line)),
    args,
    io,
  );
  const [line] = printed;
  return { status, answers: line === undefined ? undefined : JSON.parse(line) };
}

/** Where the demo's learned values are without PFILES. */
export function parPath(io: FakeIo): string {
  return join(io.homeDir, 'pfiles', 'demo.par');
}

export function parText(io: FakeIo): string {
  return readFileSync(parPath(io), 'utf8');
}

export function writePar(io: FakeIo, text: string): void {
  mkdirSync(join(io.homeDir, 'pfiles'), { recursive: true });
  writeFileSync(parPath(io), text);
}

/** The lines of a log without their times. */
export function logLines(io: FakeIo, name = 'demo.log'): string[] {
  const lines = readFileSync(join(io.cwd, name), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => line.replace(/^2026-11-22T07:38:44: /, ''));
}
