import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/**
 * Completes what stands before the cursor: the possible endings, and the part of the text that they replace.
 * @see node:readline, option `completer`
 */
export type Completer = (text: string) => [endings: string[], replaced: string];

/**
 * Completes file names; the name of a directory gets a slash. The part up to the last slash is expanded before it is looked
 * at (`$HOME/da`, `~/da`), and left as it was typed. Names with a leading dot come only if one was typed.
 * @param cwd absolute path which relative names are taken from.
 * @param expand replaces `$NAME` and `~` in a path.
 */
export function pathCompleter(cwd: string, expand: (text: string) => string): Completer {
  return (text) => {
    const cut = text.lastIndexOf('/') + 1;
    const typed = text.slice(cut);
    const directory = resolve(cwd, expand(text.slice(0, cut)));
    const endings = entriesOf(directory)
      .filter(({ name }) => name.startsWith(typed) && (typed.startsWith('.') || !name.startsWith('.')))
      .map((entry) => (isDirectory(directory, entry) ? `${entry.name}/` : entry.name))
      .sort();
    if (endings.length === 0 && isNamedDirectory(cwd, expand(`${text}/`), typed)) return [[`${typed}/`], typed];
    return [endings, typed];
  };
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isDirectory(directory: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return isExistingDirectory(join(directory, entry.name));
}

/** Whether a last part such as `~`, `~user` or `$HOME` is the name of a directory. */
function isNamedDirectory(cwd: string, expanded: string, typed: string): boolean {
  return /[~$]/.test(typed) && basename(expanded) !== typed && isExistingDirectory(resolve(cwd, expanded));
}

function isExistingDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
