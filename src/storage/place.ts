import { basename, dirname } from 'node:path';
import { parseLocation } from './location.ts';

/** The folder that something lies in, as text that `parseLocation` reads, and its name there. */
export interface Place {
  readonly folder: string;
  readonly name: string;
}

/**
 * Splits a place into its folder and its name. The folder of a bare name is `''`. The query of a URL, which may hold what
 * opens it, stays with the folder.
 *
 * @throws {IactError} `usage` as {@link parseLocation}.
 */
export function splitPlace(text: string): Place {
  const location = parseLocation(text);
  if (location.kind === 'local') {
    const { path } = location;
    const directory = dirname(path);
    return { folder: directory === '.' && !path.startsWith('./') ? '' : directory, name: basename(path) };
  }
  const [, steps = '', query = ''] = /^([^?#]*)([?#].*)?$/s.exec(text) ?? [];
  const [, before = '', name = ''] = /^(.*[/:])([^/:]*)$/s.exec(steps.replace(/(?<=[^/:])\/+$/, '')) ?? [];
  // The root of a server has no name.
  if (/^[a-z0-9+.-]+:\/\/$/i.test(before)) return { folder: text, name: '' };
  const folder = before.length > 1 && !before.endsWith(':') ? before.replace(/(?<=[^/])\/$/, '') : before;
  const isUrl = /^(?:https?|sftp|ssh):/i.test(text);
  return { folder: folder + query, name: isUrl ? decodeName(name) : name };
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
