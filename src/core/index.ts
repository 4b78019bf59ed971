export * from './concurrency.ts';
export * from './errors.ts';
export * from './format-general.ts';
export * from './nearest-names.ts';
export * from './printable.ts';
export * from './redact-url.ts';
export * from './sentence.ts';
export * from './store-paths.ts';
