import { IactError } from '../../core/index.ts';
import type { DirectoryEntry } from '../contract.ts';
import { decoded } from '../http/url-path.ts';
import type { S3Client } from './s3-client.ts';
import { elementsOf, textOf, type XmlNode } from './s3-xml.ts';

/** Pages of a listing, as a bound against a service that leads in circles: 1000 names each. */
const MAX_PAGES = 100_000;

/**
 * What a prefix holds, as if it were a directory, ordered by name; `undefined` where S3 does not let us list, or lists a
 * part only.
 *
 * Where a key and a directory have one name, the key counts, unless it is empty as what marks a directory is.
 */
export async function listObjects(
  client: S3Client,
  prefix: string,
  uri: string,
): Promise<DirectoryEntry[] | undefined> {
  const directories = new Set<string>();
  const files = new Map<string, { isEmpty: boolean }>();
  const nameOf = (key: string): string => key.slice(prefix.length).replace(/\/$/, '');
  try {
    for await (const page of pagesOf(client, prefix, uri)) {
      const decode = decoderOf(page);
      for (const found of elementsOf(page, 'CommonPrefixes')) {
        const name = nameOf(decode(textOf(found, 'Prefix') ?? ''));
        if (name !== '') directories.add(name);
      }
      for (const found of elementsOf(page, 'Contents')) {
        const name = nameOf(decode(textOf(found, 'Key') ?? ''));
        if (name !== '') files.set(name, { isEmpty: textOf(found, 'Size') === '0' });
      }
    }
  } catch (error) {
    if (error instanceof IactError && error.code === 'unreadable') return undefined;
    throw error;
  }
  const isFile = (name: string): boolean => files.has(name) && !(directories.has(name) && files.get(name)?.isEmpty);
  const names = [...new Set([...directories, ...files.keys()])].sort((left, right) => (left < right ? -1 : 1));
  return names.map((name) => ({ name, kind: isFile(name) ? 'file' : 'directory' }));
}

async function* pagesOf(client: S3Client, prefix: string, uri: string): AsyncGenerator<XmlNode> {
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const query: Record<string, string> = {
      'list-type': '2',
      delimiter: '/',
      prefix,
      // A key may hold what XML cannot.
      'encoding-type': 'url',
      ...(token === undefined ? {} : { 'continuation-token': token }),
    };
    const page = await client.sendForXml({ method: 'GET', key: '', query, uri, verb: 'list' });
    yield page;
    if (textOf(page, 'IsTruncated') !== 'true') return;
    const next = textOf(page, 'NextContinuationToken');
    if (next === undefined || next === token) break;
    token = next;
  }
  // What is not whole must not pass for all that there is.
  throw new IactError('unreadable', `Cannot list "${uri}": S3 does not tell how its list goes on.`, { uri });
}

/** How the keys of a page are written: as in a URL if it says so, with `+` for a space. */
function decoderOf(page: XmlNode): (text: string) => string {
  if (textOf(page, 'EncodingType') !== 'url') return (text) => text;
  return (text) => decoded(text.replaceAll('+', ' '));
}
