export { type ErrorCode, IactError } from '../core/index.ts';
export type { ColumnSpec, ColumnValues, TableSpec } from './build.ts';
export { buildTable } from './build.ts';
export type { SkippableBytes } from './byte-stream.ts';
export type { Card } from './card.ts';
export type { CardValue, Complex } from './card-value.ts';
export type { ChecksumState } from './checksum.ts';
export { renewChecksum, setChecksum, sumOfData, verifyChecksum } from './checksum.ts';
export type { Column } from './column.ts';
export type {
  ArrayData,
  BigIntData,
  BitData,
  ColumnData,
  ComplexData,
  LogicalData,
  NumberData,
  StringData,
} from './column-data.ts';
export { COMPRESSED_IN_TILES, isCompressedTable } from './compressed-table.ts';
export type { ConcatNote, ConcatOptions, TablePart } from './concat.ts';
export { concatTables } from './concat.ts';
export { FITS_NAME } from './fits-name.ts';
export type { Hdu, HduHead, HduKind, HduOutput } from './hdu.ts';
export type { CardEntry } from './header.ts';
export { Header, MAX_HEADER_CARDS } from './header.ts';
export type { Inflate, ReadOptions } from './read.ts';
export { readFits } from './read.ts';
export type { RangedFile, ReadHeadsOptions } from './read-heads.ts';
export { readHeads } from './read-heads.ts';
export { replaceColumns } from './replace-columns.ts';
export type { HduChange, RewriteOptions } from './rewrite.ts';
export { rewriteFits } from './rewrite.ts';
export type { ScanChoice, ScanEnd, ScanFault, ScannedHdu, ScanOptions } from './scan.ts';
export { scanFits } from './scan.ts';
export { setCells } from './set-cells.ts';
export { sortRows } from './sort-rows.ts';
export { BinTable } from './table.ts';
export type { ElementCode, FormCode, TForm } from './tform.ts';
export { formatTForm, parseTForm } from './tform.ts';
export { primaryHeader, writeFits } from './write.ts';
