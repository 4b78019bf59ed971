import type { CheckRequest } from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';

/** The options of `iact check`. */
export interface CheckCliOptions extends AccessCliOptions {
  readonly dataset?: string;
  readonly fast?: boolean;
  readonly rule?: string;
  readonly ignore?: string;
  readonly all?: boolean;
  readonly listRules?: boolean;
  readonly fix?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Which rules are asked for, and of what. */
export function requestOf({
  dataset,
  fast,
  rule,
  ignore,
}: CheckCliOptions): Omit<CheckRequest, 'onFinding' | 'onFailure'> {
  const codes = (text: string | undefined): string[] | undefined =>
    text?.split(',').flatMap((code) => (code.trim() === '' ? [] : [code.trim()]));
  return { dataset, fast: fast === true, only: codes(rule), ignore: codes(ignore) };
}
