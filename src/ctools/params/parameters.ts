import { IactError } from '../../core/index.ts';
import type { ShownParameter } from '../log/index.ts';
import type { Prompter } from '../prompt/index.ts';
import { type Expansion, expandPath } from './expand.ts';
import type { LoadedParameter } from './load.ts';
import { booleanOf, integerOf, isUndefined, realOf, storedText, valueFault } from './value.ts';

/** How many wrong answers to one question end the program. */
const MAX_ANSWERS = 10;

export interface ParametersOptions {
  prompter: Prompter;
  expansion: Expansion;
  /** Whether a wrong answer is asked for again. */
  interactive: boolean;
  /** Tells the user what is wrong with an answer. */
  complain(message: string): void;
}

/**
 * The parameters of one run. A parameter that is to be asked for is asked when one of the methods below first needs it,
 * and never again; read them one after the other, as each question waits for its answer.
 *
 * Every method throws IactError `usage` for a name that the parameter file lacks, for a value that is no value of its type,
 * and for a wrong answer (from a terminal: the tenth); `cancelled` when the user ends the program at a question.
 */
export class Parameters {
  readonly #parameters: ReadonlyMap<string, LoadedParameter>;
  readonly #options: ParametersOptions;

  constructor(parameters: readonly LoadedParameter[], options: ParametersOptions) {
    this.#parameters = new Map(parameters.map((parameter) => [parameter.definition.name, parameter]));
    this.#options = options;
  }

  /** The text as it was typed, of any type; nothing is expanded and no special word is looked for. */
  async string(name: string): Promise<string> {
    return (await this.#answered(name)).text;
  }

  /** The text with `$NAME`, `~` and their like expanded. Throws when undefined (empty, `NONE`, `INDEF` ...). */
  async filename(name: string): Promise<string> {
    return expandPath((await this.#defined(name)).text, this.#options.expansion);
  }

  async boolean(name: string): Promise<boolean> {
    return decoded(await this.#answered(name), booleanOf);
  }

  /** A whole number; `INF`, `INFINITY` and `NAN` give 2^63. Throws when undefined. */
  async integer(name: string): Promise<number> {
    return decoded(await this.#defined(name), integerOf);
  }

  /** A finite number. Throws when undefined or not a number (`INF`, `INFINITY`, `NAN`). */
  async real(name: string): Promise<number> {
    const parameter = await this.#defined(name);
    const value = decoded(parameter, realOf);
    if (Number.isNaN(value))
      throw new IactError('usage', `Parameter "${name}" is "${parameter.text}", a number is needed.`);
    return value;
  }

  /** Whether there is a value: not an undefined one, and for a real not the words for "not a number". */
  async isValid(name: string): Promise<boolean> {
    const { definition, text } = await this.#answered(name);
    if (isUndefined(definition, text)) return false;
    return definition.type !== 'r' || !Number.isNaN(realOf(text));
  }

  /** All parameters in the order of the file, as a log shows them. Asks nothing. */
  shown(): ShownParameter[] {
    return [...this.#parameters.values()].map((parameter) => ({
      name: parameter.definition.name,
      shown: isWaiting(parameter) ? '[not queried]' : parameter.text,
    }));
  }

  async #defined(name: string): Promise<LoadedParameter> {
    const parameter = await this.#answered(name);
    if (isUndefined(parameter.definition, parameter.text)) {
      throw new IactError('usage', `Parameter "${name}" is undefined ("${parameter.text}"): give it a value.`);
    }
    return parameter;
  }

  async #answered(name: string): Promise<LoadedParameter> {
    const parameter = this.#parameters.get(name);
    if (parameter === undefined) throw new IactError('usage', `There is no parameter "${name}".`);
    if (isWaiting(parameter)) await this.#ask(parameter);
    return parameter;
  }

  async #ask(parameter: LoadedParameter): Promise<void> {
    const question = questionOf(parameter);
    for (let wrongAnswers = 0; ; ) {
      const answer = (await this.#options.prompter.ask(question))?.replace(/^ +| +$/g, '') ?? '';
      parameter.asked = true;
      if (answer === '') return;
      const fault = valueFault(parameter.definition, answer);
      if (fault === undefined) {
        parameter.text = storedText(parameter.definition, answer);
        return;
      }
      wrongAnswers++;
      if (!this.#options.interactive || wrongAnswers === MAX_ANSWERS) throw new IactError('usage', fault);
      this.#options.complain(fault);
    }
  }
}

function isWaiting({ mode, asked }: LoadedParameter): boolean {
  return mode.includes('q') && !asked;
}

/** `prompt (min-max) [value] ` */
function questionOf({ definition, text }: LoadedParameter): string {
  const bounds = [definition.minimum, definition.maximum].filter((bound) => bound !== '').join('-');
  return `${definition.prompt}${bounds === '' ? '' : ` (${bounds})`} [${text}] `;
}

function decoded<T>({ definition, text }: LoadedParameter, decode: (text: string) => T | undefined): T {
  const value = decode(text);
  if (value !== undefined) return value;
  const fault = valueFault(definition, text) ?? `Parameter "${definition.name}" cannot be read from "${text}".`;
  throw new IactError('usage', fault);
}
