import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { JsonReporter } from '../src/cli/json-reporter.ts';
import { makeProgram } from '../src/cli/program.ts';
import { SessionHost } from '../src/cli/session.ts';
import { runIact } from '../src/cli/testing/run-iact.ts';
import { VirtualClock } from '../src/cli/testing/virtual-terminal.ts';
import { buildTable } from '../src/fits/index.ts';
import { FIRST_FILE, writeEditedStore } from '../src/validate/testing/edited-store.ts';
import { card } from '../src/validate/testing/edits.ts';
import { startS3Server } from './support/s3-server.ts';
import { customStore, hduIndexTable, simulatedStore } from './support/store.ts';
import { tempDirectory } from './support/temp.ts';

// What docs/reference/json.md says of records, and what commands print, must be the same.

/** Documented keys by type of record. */
async function documented(): Promise<Map<string, string[]>> {
  const page = await readFile(fileURLToPath(new URL('../docs/reference/json.md', import.meta.url)), 'utf8');
  const sections = page.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const keys = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, key]) => key ?? '');
      return [section.split('\n')[0]?.trim() ?? '', keys];
    }),
  );
}

/** Every command, so that all that it can tell is told. */
async function everyRun(): Promise<string[]> {
  const folder = await tempDirectory();
  const { directory: store, ids, fileOf } = await simulatedStore(join(folder, 'store'), { observations: 2 });
  const [first = 0, second = 0] = ids;
  const copy = join(folder, 'copy');
  await cp(store, copy, { recursive: true });
  await writeFile(join(copy, fileOf(first)), 'x');
  const table = (unit: string, value: number, zero: number, id: number) =>
    buildTable({
      name: 'OBS_INDEX',
      columns: [
        { name: 'OBS_ID', form: '1J', values: [1, id] },
        { name: 'X', form: '1D', unit, values: [value, 0] },
      ],
      cards: [['MJDREFI', zero]],
    });
  const rows = [{ id: 1, name: 'a' }];
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  await customStore(a, rows, { obsTables: [table('s', 1, 1, 2)] });
  const others = [{ id: 1, name: 'b' }];
  await customStore(b, others, { obsTables: [table('d', 2, 2, 3)], hduTables: [hduIndexTable(others)] });
  const broken = join(folder, 'broken');
  await cp(store, broken, { recursive: true });
  await rm(join(broken, fileOf(second)));
  await rm(join(broken, 'obs-index.fits.gz'));
  const lonely = join(folder, 'lonely');
  await cp(store, lonely, { recursive: true });
  await mkdir(join(lonely, 'more'));
  await cp(join(store, 'obs-index.fits.gz'), join(lonely, 'more/obs-index.fits.gz'));
  await writeFile(
    join(lonely, 'master.json'),
    JSON.stringify({ datasets: [{ name: 'old', hduindx: 'x', obsindx: 'y' }] }),
  );
  const shown = join(folder, 'shown');
  await cp(store, shown, { recursive: true });
  await rm(join(shown, fileOf(second)));
  const brokenData = join(folder, 'broken-data');
  await cp(store, brokenData, { recursive: true });
  await writeFile(join(brokenData, fileOf(first)), 'no FITS');
  const later = join(folder, 'later');
  const next = await simulatedStore(later, { observations: 2, firstObsId: 500_000 });
  const brokenLater = join(folder, 'broken-later');
  await cp(later, brokenLater, { recursive: true });
  await rm(join(brokenLater, next.fileOf(next.ids[0] ?? 0)));
  const runlist = join(folder, 'runs.lis');
  await writeFile(runlist, `${first}\n${second}\n999999\n`);
  const faults = { EVENTS: card('TELAPSE', 0), GTI: card('HDUVERS', '9') };
  const faulty = await writeEditedStore(join(folder, 'faulty'), { hdus: faults });
  const damaged = await writeEditedStore(join(folder, 'damaged'), {
    hdus: { EVENTS: card('TELAPSE', 0) },
    bytes: { [FIRST_FILE]: (bytes) => bytes.slice(0, bytes.length - 9000) },
    master: ({ datasets: [first] }) => ({ datasets: [{ ...first, 'Total observations': 3 }] }),
  });
  const s3 = await startS3Server();
  const runs = [
    ['ls', store],
    ['ls', broken],
    ['ls', join(folder, 'none')],
    ['find', store, '--object', 'crab', '--quality', '1'],
    ['find', store],
    ['show', store, String(first)],
    ['show', shown, String(second)],
    ['diff', store, copy, '--content'],
    ['diff', a, b],
    ['diff', shown, shown],
    ['check', faulty],
    ['check', '--list-rules'],
    ['check', damaged, '--fix', '--dry-run'],
    ['check', faulty, '--fix', '--yes'],
    ['copy', store, join(folder, 'copied'), '--runlist', runlist],
    ['copy', store, join(folder, 'copied'), '--dry-run'],
    ['copy', shown, join(folder, 'copied-too')],
    ['push', shown, 's3://bucket/store', '--endpoint', s3.endpoint, '--runlist', runlist],
    ['verify', copy],
    ['verify', join(folder, 'copied'), '--against', copy],
    ['init', lonely, '--force'],
    ['index', brokenData, '--force'],
    ['merge', store, later, '-o', join(folder, 'merged')],
    ['merge', brokenLater, store, '-o', join(folder, 'merged-too')],
    ['simulate', join(folder, 'new'), '--observations', '1', '--events', '10'],
    ['completion', 'bash'],
    ['nonsense'],
  ];
  const lines: string[] = [];
  for (const args of runs) {
    const { stdout } = await runIact([...args, '--json'], { env: { ...s3.env, XDG_STATE_HOME: folder } });
    const own = stdout.split('\n').slice(0, -1);
    const ends = own.map((line) => Object.keys(JSON.parse(line) as object)[0]);
    keepsKeys(own.map((line) => JSON.parse(line) as Record<string, unknown>));
    // One result or error, as the last record.
    expect([args, ends.filter((key) => key !== 'event')]).toEqual([args, [ends.at(-1)]]);
    expect(ends.at(-1)).toMatch(/^(result|error)$/);
    lines.push(...own);
  }
  return [...lines, ...eventsOfCopy()];
}

const keysOf = new Map<string, string[]>();

/** Every key of a record is always there: two of a type have the same. Those of a difference depend on its kind. */
function keepsKeys(records: readonly Record<string, unknown>[]): void {
  for (const record of records) {
    const [type, body] = typeAndBody(record);
    if (type === 'difference') continue;
    keepsKeysOf(type, body);
    const { finding, observation } = body as { finding?: object; observation?: object };
    const parts = Object.entries({ finding, observation });
    for (const [name, part] of parts) if (part !== undefined) keepsKeysOf(`${name} of a check`, part);
  }
}

function keepsKeysOf(type: string, record: object): void {
  const keys = Object.keys(record).sort();
  expect([type, keys]).toEqual([type, keysOf.get(type) ?? keys]);
  keysOf.set(type, keys);
}

function eventsOfCopy(): string[] {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(...text.split('\n').slice(0, -1)) };
  const clock = new VirtualClock();
  const errors = { fail: () => undefined };
  const reporter = new JsonReporter({
    io: { stdout: stream, stderr: stream },
    settings: { quiet: false },
    clock,
    errors,
  });
  reporter.progress({ type: 'phase', name: 'Copying' });
  reporter.progress({ type: 'plan', files: 2, bytes: 100 });
  for (let done = 0; done <= 50; done += 10) {
    clock.pass(700);
    reporter.progress({ type: 'bytes', path: 'a', done, total: 50 });
  }
  reporter.progress({ type: 'file', path: 'a', outcome: 'failed', bytes: 50, message: 'It broke.' });
  reporter.progress({ type: 'note', message: 'Something.' });
  expect(lines.filter((line) => line.includes('"progress"')).length).toBeLessThanOrEqual(4);
  return lines;
}

/** The paths of a record's leaves: `a.b[].c`. */
function leavesOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(each, `${path}[]`));
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, path === '' ? key : `${path}.${key}`));
}

function typeAndBody(record: Record<string, unknown>): [string, object] {
  const { event, result, error } = record as { event?: string; result?: { command: string }; error?: object };
  if (event !== undefined)
    return [event, Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'event'))];
  if (result !== undefined) return [`result of ${result.command}`, result];
  return ['error', error ?? {}];
}

/** The types of the events that a reporter writes of all that it can be told. */
function eventsTold(quiet: boolean): string[] {
  let text = '';
  const stdout = { write: (part: string) => (text += part) };
  const clock = new VirtualClock();
  const errors = { fail: () => undefined };
  const reporter = new JsonReporter({ io: { stdout, stderr: stdout }, settings: { quiet }, clock, errors });
  clock.pass(2000);
  reporter.progress({ type: 'phase', name: 'Copying' });
  reporter.progress({ type: 'plan', files: 1, bytes: 1 });
  reporter.progress({ type: 'file', path: 'a', outcome: 'copied', bytes: 1 });
  reporter.note('Something.');
  reporter.warning('Something else.');
  for (const event of ['violation', 'remaining', 'repair', 'not-repaired', 'checked']) reporter.record({ event });
  const events = ['observation', 'difference', 'planned', 'verified-file'].map((event) => ({ event }));
  reporter.finish({ command: 'check', events, data: {}, lines: [] });
  const records = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { event?: string });
  return records.flatMap(({ event }) => event ?? []);
}

describe('docs/reference/json.md', () => {
  const emitted = new Map<string, Set<string>>();
  let page: Map<string, string[]>;

  beforeAll(async () => {
    page = await documented();
  });

  it('tells every key of every record that commands print, and no other', async () => {
    for (const line of await everyRun()) {
      const [type, body] = typeAndBody(JSON.parse(line) as Record<string, unknown>);
      const keys = emitted.get(type) ?? new Set();
      for (const leaf of leavesOf(body, '')) keys.add(leaf);
      emitted.set(type, keys);
    }
    expect([...emitted.keys()].sort()).toEqual([...page.keys()].sort());
    for (const [type, keys] of emitted) {
      const known = page.get(type) ?? [];
      const isKnown = (leaf: string) =>
        known.some((key) => key === leaf || (key.endsWith('.*') && leaf.startsWith(key.slice(0, -1))));
      // What has parts may be null as a whole.
      const isWhole = (leaf: string) => known.some((key) => key.startsWith(`${leaf}.`) || key.startsWith(`${leaf}[]`));
      expect([type, [...keys].filter((leaf) => !isKnown(leaf) && !isWhole(leaf))]).toEqual([type, []]);
      const isEmitted = (key: string) =>
        key.endsWith('.*') ? [...keys].some((leaf) => leaf.startsWith(key.slice(0, -1))) : keys.has(key);
      expect([type, known.filter((key) => !isEmitted(key))]).toEqual([type, []]);
    }
  });

  it('tells which events --quiet leaves out, and leaves out no other', async () => {
    const text = await readFile(fileURLToPath(new URL('../docs/reference/json.md', import.meta.url)), 'utf8');
    const sentence = /`--quiet` leaves out ([^.]*)\./.exec(text)?.[1] ?? '';
    const named = [...sentence.matchAll(/`(.*?)`/g)].map(([, name]) => name);
    const told = eventsTold(true);
    const events = [...page.keys()].filter((type) => !type.startsWith('result of ') && type !== 'error');
    expect(eventsTold(false).sort()).toEqual(events.toSorted());
    expect(events.filter((event) => !told.includes(event)).sort()).toEqual(named.sort());
  });

  it('has the result of every command', () => {
    const stream = { write: () => undefined };
    const names = makeProgram(new SessionHost({ stdout: stream, stderr: stream })).commands.map((each) => each.name());
    expect([...page.keys()].filter((type) => type.startsWith('result of '))).toEqual(
      names.map((name) => `result of ${name}`),
    );
  });
});
