export { CATALOGUE } from './catalogue.ts';
export type { ObservationSummary } from './check-dataset.ts';
export { type CheckOptions, type CheckTotals, checkStoreFiles } from './check-store.ts';
export * from './finding.ts';
export { type IndexRows, readIndexRows } from './index-rows.ts';
export type { RuleFailure } from './reporter.ts';
export { isFast, type Rule } from './rule.ts';
export { SkippableFile } from './skippable-file.ts';
