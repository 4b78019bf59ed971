export type { IndexChanges, IndexEvent, IndexedDataset, IndexResult } from './index-events.ts';
export { type IndexRequest, indexStore } from './index-store.ts';
