export { type ErrorCode, IactError } from '../core/index.ts';
export {
  JsonNumber,
  type JsonValue,
  parseSkyPosition,
  parseTimeRange,
  type RunList,
  type SkyFrame,
} from '../gadf/index.ts';
export type { AdaptiveLimit, Overwrite } from '../transfer/index.ts';
export { type Access, type ArchiveProgress, processAccess, readsMuch } from './access.ts';
export { askAtTerminal } from './ask-at-terminal.ts';
export type { CellValue } from './cell-value.ts';
export * from './check-store.ts';
export type { FileComparison } from './compare-files.ts';
export * from './copy-events.ts';
export * from './copy-store.ts';
export type { DataSize } from './data-size.ts';
export {
  describeObservation,
  type EventSummary,
  type GoodTime,
  type ObservationDescription,
  type TimeOfTable,
} from './describe-observation.ts';
export * from './diff-stores.ts';
export type { Difference, FileReason, Side, ValuePair } from './difference.ts';
export { exprTable } from './expr-table.ts';
export { type FoundObservations, findObservations } from './find-observations.ts';
export * from './fix-store/index.ts';
export * from './index-store/index.ts';
export * from './init-store.ts';
export { isOfOneDataset, pathsOfDatasets } from './later-paths.ts';
export * from './list-store.ts';
export { isLocalPlace } from './local-place.ts';
export { isStore, type LocatedStore, locateStore, namesArchive } from './locate-store.ts';
export * from './make-observation-list.ts';
export * from './merge-stores/index.ts';
export {
  type ObservationColumn,
  observationColumnNames,
  readObservationColumn,
} from './observation-column.ts';
export type { ObservationHdu } from './observation-hdus.ts';
export { type ObservationIndex, readObservationIndex } from './observation-index.ts';
export * from './observation-list-events.ts';
export * from './open-store.ts';
export { outliveHangup } from './outlive-hangup.ts';
export { type OutputFile, prepareOutput } from './output-file.ts';
export * from './package-files.ts';
export { type ObservationQuery, planSearch, type SearchPlan } from './plan-search.ts';
export { readRunList } from './read-run-list.ts';
export * from './simulate-store.ts';
export { parseSortKeys, type SortKey } from './sort-observations.ts';
export * from './verify-store.ts';
export { writeRunList } from './write-run-list.ts';
