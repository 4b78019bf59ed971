import { persistently, type WritePolicy } from './persistently.ts';
import type { S3Client } from './s3-client.ts';
import { elementsOf, textOf } from './s3-xml.ts';

/** Pages of a thousand parts, of which there are 10,000 at most; more where a service gives fewer at a time. */
const MAX_PAGES = 10_000;

/** A part that S3 has. */
export interface ListedPart {
  readonly tag: string;
  readonly sizeBytes: number;
}

interface Target {
  readonly client: S3Client;
  readonly key: string;
  readonly uri: string;
}

/**
 * The parts that S3 has of an upload, by number; those that it tells of, where its list breaks off.
 *
 * @throws {IactError} where it tells of none: `not-found` if there is no such upload.
 * @see Amazon S3 API Reference, ListParts
 */
export async function listParts(
  { client, key, uri }: Target,
  id: string,
  policy: WritePolicy,
): Promise<Map<number, ListedPart>> {
  const parts = new Map<number, ListedPart>();
  for (let marker = 0, count = 0; count < MAX_PAGES; count++) {
    const query = { uploadId: id, ...(marker > 0 && { 'part-number-marker': String(marker) }) };
    const request = { method: 'GET', key, query, uri, verb: 'list', signal: policy.signal } as const;
    const page = await persistently(() => client.sendForXml(request), policy);
    for (const part of elementsOf(page, 'Part')) {
      const [number, tag, size] = ['PartNumber', 'ETag', 'Size'].map((name) => textOf(part, name) ?? '');
      if (tag) parts.set(Number(number), { tag, sizeBytes: Number(size || Number.NaN) });
    }
    const next = Number(textOf(page, 'NextPartNumberMarker'));
    if (textOf(page, 'IsTruncated') !== 'true' || !(next > marker)) break;
    marker = next;
  }
  return parts;
}
