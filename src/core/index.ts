export * from './concurrency.ts';
export * from './errors.ts';
