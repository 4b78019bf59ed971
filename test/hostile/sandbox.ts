import { cp, lstat, mkdir, readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runIact } from '../../src/cli/testing/run-iact.ts';
import { IactError, printable } from '../../src/core/index.ts';
import type { BinTable } from '../../src/fits/index.ts';
import { type CopyResult, type DatasetStatus, listDatasets, openStore } from '../../src/ops/index.ts';
import { type CopyOptions, copy } from '../support/copy.ts';
import { type HduRow, hduIndexTable, type TestStore } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

/** A place to try hostile stores in: one to copy from, one to copy to, and files beside them that nobody may touch. */
export interface Sandbox {
  readonly root: string;
  readonly from: string;
  readonly to: string;
  readonly outside: string;
}

export async function sandbox(): Promise<Sandbox> {
  const root = await tempDirectory();
  const outside = join(root, 'outside');
  await mkdir(join(outside, 'data'), { recursive: true });
  for (const name of ['precious.txt', 'data/precious.txt']) await writeFile(join(outside, name), 'precious');
  return { root, from: join(root, 'from'), to: join(root, 'to'), outside };
}

/** An HDU index whose texts hold any byte: what a writer of FITS files would refuse is put in afterwards. */
export function hostileHduTable(rows: readonly HduRow[]): BinTable {
  const plain = (text: string | undefined): string | undefined => text?.replace(/[^ -~]/g, '?');
  const table = hduIndexTable(
    rows.map((row) => ({ ...row, dir: plain(row.dir) ?? 'data', name: plain(row.name) ?? '' })),
  );
  const put = (columnName: string, row: number, text: string): void => {
    const column = table.column(columnName);
    if (column !== undefined) table.rows.set(Buffer.from(text, 'latin1'), row * table.rowBytes + column.offset);
  };
  for (const [row, { dir = 'data', name }] of rows.entries()) {
    put('FILE_DIR', row, dir);
    put('FILE_NAME', row, name);
  }
  return table;
}

/** What became of an action. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: never }
  | { readonly value?: never; readonly error: IactError };

export interface Outcomes {
  readonly list: Outcome<DatasetStatus[]>;
  readonly find: Outcome<string>;
  readonly show: Outcome<string>;
  readonly init: Outcome<string>;
  readonly copy: Outcome<CopyResult>;
}

/**
 * Lists, searches, shows, initialises (a copy of it) and copies a store. Asserts that whatever fails does so by an error
 * of ours, that nothing printed makes a terminal do something, and that nothing outside the destination has changed.
 */
export async function tryAll({ root, to }: Sandbox, store: TestStore, options: CopyOptions = {}): Promise<Outcomes> {
  const before = await snapshot(root, to);
  const list = await outcomeOf(async () => listDatasets(await openStore(store.master)));
  const dataset = ['--dataset', store.dataset];
  const find = await iact('find', store.directory, ...dataset);
  const show = await iact('show', store.directory, String(store.ids[0]), ...dataset);
  const copied = await outcomeOf(() => copy(store, to, options));
  expect(await snapshot(root, to)).toEqual(before);
  const twin = join(await tempDirectory(), 'twin');
  await cp(store.directory, twin, { recursive: true, verbatimSymlinks: true });
  const init = await iact('init', twin, '--force');
  return { list, find, show, init, copy: copied };
}

async function outcomeOf<T>(action: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await action() };
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    expect(error.message).toBe(printable(error.message));
    expect(error.message.length).toBeLessThan(10_000);
    return { error };
  }
}

async function iact(...args: string[]): Promise<Outcome<string>> {
  const { status, stdout, stderr } = await runIact(args, { columns: 100, env: { NO_COLOR: '1' } });
  for (const line of `${stdout}\n${stderr}`.split('\n')) expect(line).toBe(printable(line));
  expect(stderr).not.toContain('fault of iactools');
  return status === 0 ? { value: stdout } : { error: new IactError('incomplete', `${stdout}${stderr}`) };
}

/** Kind, size, time and identity of everything below a directory, except below one of its own. */
export async function snapshot(root: string, except: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const queue = [root];
  for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (path === except) continue;
      const { size, mtimeMs, ino, mode } = await lstat(path);
      const target = entry.isSymbolicLink() ? await readlink(path) : '';
      found[path] = entry.isDirectory() ? `directory ${ino} ${mode}` : `${mode} ${size} ${mtimeMs} ${ino} ${target}`;
      if (entry.isDirectory()) queue.push(path);
    }
  }
  return found;
}
