export * from './execute.ts';
export * from './incomplete.ts';
export * from './journal.ts';
export * from './lock.ts';
export * from './plan.ts';
export * from './publish-files.ts';
export { STATE_DIRECTORY } from './state-directory.ts';
