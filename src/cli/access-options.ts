import { type Command, Option } from 'commander';
import { wholeNumber } from './number-option.ts';
import { seconds, serviceUrl } from './option-values.ts';

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
