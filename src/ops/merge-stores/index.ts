export { type MergeRequest, type MergeResult, mergeStores } from './merge-stores.ts';
