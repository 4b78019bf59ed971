import { type Command, Option } from 'commander';
import { type Access, type AdaptiveLimit, askAtTerminal } from '../ops/index.ts';
import { wholeNumber } from './number-option.ts';
import { seconds, serviceUrl } from './option-values.ts';
import { counted, formatDuration } from './quantity.ts';
import type { Session } from './session.ts';

/** The options of commands that read stores on servers. */
export interface AccessCliOptions {
  readonly retries: number;
  readonly timeout: number;
  readonly endpoint?: string;
  readonly anonymous?: boolean;
}

/** The heading of these options in the help. */
const GROUP = 'Options for stores on servers:';

const DEFAULT_RETRIES = 6;
const DEFAULT_TIMEOUT_SECONDS = 60;

/** Adds the options of {@link AccessCliOptions}. */
export function addAccessOptions(command: Command): Command {
  const options = [
    new Option('--retries <n>', 'how often to try again where that can help')
      .argParser(wholeNumber)
      .default(DEFAULT_RETRIES),
    new Option('--timeout <seconds>', 'how long a server may be silent')
      .argParser(seconds)
      .default(DEFAULT_TIMEOUT_SECONDS),
    new Option('--endpoint <url>', 'S3 service other than that of AWS').argParser(serviceUrl),
    new Option('--anonymous', 'S3 requests without a signature'),
  ];
  for (const option of options) command.addOption(option.helpGroup(GROUP));
  return command;
}

/** How a command reaches stores: what the options say; what happens on the way is told as notes. */
export function accessOf({ reporter, env, isTerminal }: Session, options: AccessCliOptions): Access {
  return {
    env,
    ask: isTerminal ? askAtTerminal : undefined,
    retries: options.retries,
    silenceMs: options.timeout * 1000,
    s3Endpoint: options.endpoint,
    s3Anonymous: options.anonymous,
    onNote: (note) => reporter.note(note),
    onRetry: ({ error, attempt, waitMs }) => {
      const left = counted(Math.max(0, options.retries - attempt), 'attempt');
      reporter.note(`${error.message} Trying again in ${formatDuration(waitMs / 1000)}, ${left} left after that.`);
    },
  };
}

/** Access that slows copying down where calls have to be made again; copies tell `onLimit` what slows them. */
export function slowingAccess(access: Access): { access: Access; onLimit: (limit: AdaptiveLimit) => void } {
  let limit: AdaptiveLimit | undefined;
  return {
    access: {
      ...access,
      onRetry: (retry) => {
        limit?.overloaded();
        access.onRetry?.(retry);
      },
    },
    onLimit: (next) => {
      limit = next;
    },
  };
}
