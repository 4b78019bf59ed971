import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PYTHON } from '../../../test/support/require.ts';
import type { PlainValue } from './values.ts';

/** What astropy reads of a table: by column, an array for each row. */
export interface AstropyTable {
  hdu: number;
  name: string;
  rows: number;
  columns: Record<string, PlainValue[][]>;
}

/**
 * Prints the tables of a file as JSON. A null (TNULL) is found by its physical value, as astropy does not mark it, and
 * a null logical is false, as astropy has no other.
 */
const DUMP = `
import json, sys, warnings
import numpy as np
from astropy.io import fits
warnings.simplefilter('ignore')

def plain(value, null):
    if isinstance(value, (bool, np.bool_)): return bool(value)
    if isinstance(value, (str, np.str_)): return str(value).rstrip(' ')
    if isinstance(value, (complex, np.complexfloating)): return [plain(value.real, None), plain(value.imag, None)]
    if null is not None and value == null: return None
    if isinstance(value, (int, np.integer)): return int(value) if abs(int(value)) < 2**53 and value.dtype.itemsize < 8 else str(int(value))
    value = float(value)
    return value + 0.0 if np.isfinite(value) else {'nan': 'NaN', 'inf': 'Infinity', '-inf': '-Infinity'}[str(value)]

def nullof(column, form):
    if column.null is None or column.null == '': return None
    zero = 0 if column.bzero in (None, '') else column.bzero
    scale = 1 if column.bscale in (None, '') else column.bscale
    return column.null * scale + zero

def dump(hdu, index):
    out = {}
    for column in hdu.columns:
        data = hdu.data[column.name] if len(hdu.data) else []
        null = nullof(column, column.format)
        is_text = 'A' in column.format
        rows = []
        for row in data:
            if is_text and ('P' in column.format or 'Q' in column.format):
                rows.append([''.join(str(c) for c in row)])
            elif column.format[:2] in ('PL', 'QL') or column.format[1:3] in ('PL', 'QL'):
                rows.append([chr(v) == 'T' for v in row])
            else:
                rows.append([plain(v, null) for v in np.asarray(row).ravel()])
        out[column.name] = rows
    return {'hdu': index, 'name': hdu.name, 'rows': len(hdu.data), 'columns': out}

for path in sys.argv[1:]:
    with fits.open(path, memmap=False) as hdus:
        tables = [dump(h, i) for i, h in enumerate(hdus) if isinstance(h, fits.BinTableHDU)]
    print(json.dumps(tables))
`;

/** The tables of files, as astropy reads them. */
export function astropyTables(...paths: string[]): AstropyTable[][] {
  return runPython(DUMP, ...paths)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AstropyTable[]);
}

/** Runs a Python script and returns what it printed. */
export function runPython(script: string, ...args: string[]): string {
  return run(PYTHON, '-c', script, ...args);
}

/** Runs a program and returns what it printed. */
export function run(command: string, ...args: string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (result.status !== 0) throw new Error(`${command} ended with ${result.status}: ${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** Calls with a directory that is removed afterwards. */
export async function withDirectory(use: (path: (name: string) => string) => void | Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'iactools-fits-'));
  try {
    await use((name) => join(directory, name));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
