export { JsonNumber, type JsonValue, type RunList } from '../gadf/index.ts';
export * from './copy-events.ts';
export * from './copy-store.ts';
export * from './init-store.ts';
export * from './open-store.ts';
export * from './package-files.ts';
export { readRunList } from './read-run-list.ts';
export * from './simulate-store.ts';
