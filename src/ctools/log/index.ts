export type { Chatter, LogValue, ShownParameter } from './log.ts';
export { ALWAYS, EXPLICIT, Log, NORMAL, TERSE, VERBOSE } from './log.ts';
export { openLogFile, outputSink } from './sink.ts';
