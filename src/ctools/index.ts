export type { ProgramIo } from './io.ts';
export { nodeIo } from './io.ts';
export { ALWAYS, type Chatter, EXPLICIT, type Log, type LogValue, NORMAL, TERSE, VERBOSE } from './log/index.ts';
export type { Parameters } from './params/index.ts';
export { type ProgramContext, type ProgramDefinition, runProgram } from './program.ts';
export { type Command, csfindobs, csiactcopy, csiactdata, csiactobs } from './programs/index.ts';
