import { gzipSync } from 'node:zlib';
import { type BinTable, primaryHeader, writeFits } from '../../src/fits/index.ts';
import { simulateStore } from '../../src/simulate/index.ts';
import { hduIndexTable, obsIndexTable } from '../support/store.ts';

/** Files of a small simulated store, not compressed, by path. */
export function simulatedFiles(): Map<string, Uint8Array> {
  const store = simulateStore({ observations: 2, eventsPerObservation: 5, seed: 7, gzip: false });
  const files = [...store.files(), ...store.indexFiles()].map(({ path, bytes }): [string, Uint8Array] => [
    path,
    Uint8Array.from(Buffer.concat([...bytes()])),
  ]);
  return new Map([...files, ['master.json', Buffer.from(JSON.stringify(store.master, null, 2))]]);
}

/** A FITS file of tables. */
export function fitsFile(...tables: readonly BinTable[]): Uint8Array {
  const hdus = [{ header: primaryHeader() }, ...tables.map((table) => table.toOutput())];
  return Uint8Array.from(Buffer.concat([...writeFits(hdus)]));
}

/** Index files: simulated ones, one with IDs that are text, and one with both tables. */
export function indexFiles(): Uint8Array[] {
  const simulated = [...simulatedFiles()].filter(([path]) => path.includes('index')).map(([, bytes]) => bytes);
  const rows = [
    { id: 'run-1', name: 'a.fits' },
    { id: 'run-1', name: 'a.fits', type: 'gti' },
    { id: 'run-2', dir: '../data/./x', name: 'b.fits.gz' },
  ];
  const both = [hduIndexTable(rows), obsIndexTable(['run-1', 'run-2'])];
  return [...simulated, fitsFile(hduIndexTable(rows)), fitsFile(...both)];
}

/** The beginning of a data file: its event list and good times. The responses are large, and images of numbers. */
export function eventFile(): Uint8Array {
  const data = [...simulatedFiles()].find(([path]) => path.startsWith('data/'))?.[1];
  if (data === undefined) throw new Error('no data file was simulated');
  return data.slice(0, 60 * 2880);
}

export function gzipped(files: readonly Uint8Array[]): Uint8Array[] {
  return files.map((bytes) => Uint8Array.from(gzipSync(bytes)));
}

/** Values of header cards that lie. */
export const CARD_WORDS: readonly string[] = [
  ...["'1PE(9)'", "'0PJ'", "'QD'", "'99999999999999X'", "'20A7'", "'0A'", "'1000000J'", "'(0)'", "'(999999,999999)'"],
  ...["'BINTABLE'", "'IMAGE'", 'T', 'F', '(1,2)', "'unclosed", "'&'", "'OBS_ID'", "'FILE_NAME'", "'../..'", "'/etc'"],
  ...[
    `END${' '.repeat(77)}`,
    'CONTINUE  ',
    'NAXIS2  =',
    'TFIELDS =',
    'PCOUNT  =',
    'THEAP   =',
    'XTENSION=',
    'GCOUNT  =',
  ],
];
