export { pathCompleter } from './complete-path.ts';
export { openPrompter } from './open-prompter.ts';
export type { Prompter } from './prompter.ts';
