import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { IactError } from '../../core/index.ts';
import { readError, systemCode } from '../system-error.ts';

/** Settings of one section; those indented below a name have it before them: `s3.endpoint_url`. */
export type AwsSettings = Readonly<Record<string, string>>;

/** What the configuration files of AWS say, as far as they are there. */
export interface AwsProfiles {
  /** Name of the chosen profile. */
  readonly chosen: string;
  /** Settings of a profile, those of the credentials file before those of the configuration file. */
  readonly profiles: ReadonlyMap<string, AwsSettings>;
  /** Sections `services NAME`. */
  readonly services: ReadonlyMap<string, AwsSettings>;
}

/**
 * Reads `~/.aws/credentials` and `~/.aws/config`, or the files that AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE
 * name. The profile is that of AWS_PROFILE or AWS_DEFAULT_PROFILE, else `default`.
 *
 * @throws {IactError} `usage` if the environment asks for a profile that is nowhere; `unreadable` for a file that is
 *   there and cannot be read.
 * @see AWS SDKs and Tools Reference Guide, "Shared config and credentials files"
 */
export async function readAwsProfiles(env: Readonly<Record<string, string | undefined>>): Promise<AwsProfiles> {
  const home = join(env['HOME'] ?? env['USERPROFILE'] ?? homedir(), '.aws');
  const path = (name: string, fallback: string): string => expandHome(env[name] || join(home, fallback), env);
  const configPath = path('AWS_CONFIG_FILE', 'config');
  const credentialsPath = path('AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  const config = parseIni(await readIfThere(configPath));
  const credentials = parseIni(await readIfThere(credentialsPath));
  const profiles = new Map<string, AwsSettings>();
  const services = new Map<string, AwsSettings>();
  for (const [section, settings] of config) {
    const [kind = '', name = ''] = section.split(/\s+(.*)/);
    if (kind === 'services') services.set(name, settings);
    if (kind === 'profile') profiles.set(name, settings);
    // `[profile default]` has precedence.
    if (section === 'default' && !config.has('profile default')) profiles.set('default', settings);
  }
  for (const [name, settings] of credentials) profiles.set(name, { ...profiles.get(name), ...settings });
  const asked = env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'];
  if (asked && !profiles.has(asked)) {
    const places = `"${credentialsPath}" nor "${configPath}"`;
    throw new IactError('usage', `The profile "${asked}" that AWS_PROFILE names is neither in ${places}.`);
  }
  return { chosen: asked || 'default', profiles, services };
}

function expandHome(path: string, env: Readonly<Record<string, string | undefined>>): string {
  return path.startsWith('~/') ? join(env['HOME'] ?? homedir(), path.slice(2)) : path;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return '';
    throw readError(error, path);
  }
}

/** Sections of a file, by the text between their brackets. What is no section, setting or comment is passed over. */
export function parseIni(text: string): Map<string, Record<string, string>> {
  const sections = new Map<string, Record<string, string>>();
  let settings: Record<string, string> | undefined;
  let above = '';
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (/^\s*([#;].*)?$/.test(line)) continue;
    const section = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) {
      settings = sections.get(section) ?? {};
      sections.set(section, settings);
      above = '';
      continue;
    }
    const [, indent = '', name = '', value = ''] = /^(\s*)([^=\s]+)\s*=\s*(.*?)(?:\s+[#;].*|\s*)$/.exec(line) ?? [];
    if (settings === undefined || name === '') continue;
    if (indent !== '' && above !== '') settings[`${above}.${name.toLowerCase()}`] = value;
    else settings[name.toLowerCase()] = value;
    if (indent === '') above = value === '' ? name.toLowerCase() : '';
  }
  return sections;
}
