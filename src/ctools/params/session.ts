import { IactError, messageOf } from '../../core/index.ts';
import { type LoadedParameter, loadParameters, valuesToSave } from './load.ts';
import { type ParFile, parseParFile, renderParFile } from './par-file.ts';
import { type PfilesPlace, readUserCopy, saveUserCopy, type UserCopy } from './user-copy.ts';

export interface SessionOptions {
  /** Name of the program; its parameter file is `<name>.par`. */
  program: string;
  /** Text of the packaged parameter file. */
  parFile: string;
  args: readonly string[];
  place: PfilesPlace;
  /** Told about everything that is not as it should be and does not stop the program. */
  warn(message: string): void;
}

/** The parameters of one run, and the way to keep what was learned. */
export interface ParameterSession {
  readonly parameters: readonly LoadedParameter[];
  /** Writes the learned values into the user's copy. Never throws: values that cannot be kept end in a warning. */
  save(): Promise<void>;
}

/**
 * Reads the user's copy of the parameter file and the command line.
 *
 * A copy that cannot be parsed is named in a warning and not used; saving keeps it beside the new one, as `<name>.par.bad`.
 * @throws IactError `usage` for a bad argument.
 */
export async function openParameters({
  program,
  parFile,
  args,
  place,
  warn,
}: SessionOptions): Promise<ParameterSession> {
  const fileName = `${program}.par`;
  const system = parseParFile(parFile, `${fileName} of the package`);
  const copy = await readUserCopy(fileName, place);
  const user = copy && parseUserCopy(copy, warn);
  const parameters = loadParameters({ system, user, args, warn });
  const save = async (): Promise<void> => {
    const text = renderParFile(system, valuesToSave(system, parameters, warn));
    try {
      await saveUserCopy(fileName, text, place, user === undefined ? copy : undefined);
    } catch (error) {
      warn(`${messageOf(error)} The values of this run are not the defaults of the next one.`);
    }
  };
  return { parameters, save };
}

function parseUserCopy(copy: UserCopy, warn: (message: string) => void): ParFile | undefined {
  try {
    return parseParFile(copy.text, copy.path);
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    warn(
      `${error.message}. Its values are not used, and it is kept as "${copy.path}.bad" when new ones are saved: correct the line, or delete the file.`,
    );
    return undefined;
  }
}
