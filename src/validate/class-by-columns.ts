import { classifyHdus } from '../gadf/index.ts';
import type { HduFacts } from './facts.ts';

const CLASS_CARDS = ['HDUCLAS1', 'HDUCLAS2', 'HDUCLAS3', 'HDUCLAS4'];

/** The HDU_CLASS that the columns of a table tell, whatever its cards and its name say; `undefined` if they tell none. */
export function classByColumns({ header, scan }: Pick<HduFacts, 'header' | 'scan'>): string | undefined {
  if (scan.kind !== 'bintable') return undefined;
  const columnsOnly = header.clone();
  for (const keyword of CLASS_CARDS) columnsOnly.remove(keyword);
  return classifyHdus([{ index: 1, kind: 'bintable', name: '', header: columnsOnly, dataBytes: 0 }])[0]?.hduClass;
}

/** Whether columns show that an HDU is of its format. An index table was told by its columns in the first place. */
export function isShownByColumns(hdu: HduFacts): boolean {
  const { format, scan } = hdu;
  if (format === undefined || scan.kind !== 'bintable') return false;
  return format.hduClass === '' || classByColumns(hdu) === format.hduClass;
}
