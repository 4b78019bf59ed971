import { setMaxListeners } from 'node:events';

/** A signal that is aborted when any of these is. Every read under way listens to it: Node would warn of so many. */
export function joinedSignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const joined = AbortSignal.any(signals.filter((signal) => signal !== undefined));
  setMaxListeners(0, joined);
  return joined;
}
