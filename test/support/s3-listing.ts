import type { S3Objects, Upload } from './s3-objects.ts';
import { uriEncode } from './s3-signature.ts';

/** Text of an element. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** ListObjectsV2 and the older ListObjects. @see Amazon S3 API Reference, ListObjectsV2 */
export function listingXml(bucket: string, query: URLSearchParams, store: S3Objects, pageKeys: number): string {
  const isNew = query.get('list-type') === '2';
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  // S3 writes a space as +.
  const encode =
    query.get('encoding-type') === 'url'
      ? (text: string) => uriEncode(text).replaceAll('%2F', '/').replaceAll('%20', '+')
      : xmlText;
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('marker') ?? '') : Buffer.from(token, 'base64').toString();
  const limit = Math.min(Number(query.get('max-keys') ?? 1000), pageKeys);
  const entries: { name: string; isPrefix: boolean }[] = [];
  let isTruncated = false;
  for (const key of store.keys(bucket)) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (entries.at(-1)?.name === name || Buffer.compare(Buffer.from(name), Buffer.from(after)) <= 0) continue;
    isTruncated = entries.length === limit;
    if (isTruncated) break;
    entries.push({ name, isPrefix: end >= 0 });
  }
  const last = entries.at(-1)?.name ?? '';
  const next = isNew
    ? `<NextContinuationToken>${Buffer.from(last).toString('base64')}</NextContinuationToken>`
    : `<NextMarker>${encode(last)}</NextMarker>`;
  const items = entries.map(({ name, isPrefix }) => {
    if (isPrefix) return `<CommonPrefixes><Prefix>${encode(name)}</Prefix></CommonPrefixes>`;
    const object = store.objects.get(`${bucket}/${name}`);
    const time = new Date(object?.modifiedMs ?? 0).toISOString();
    const rest = `<LastModified>${time}</LastModified><ETag>${xmlText(object?.etag ?? '')}</ETag>`;
    return `<Contents><Key>${encode(name)}</Key>${rest}<Size>${object?.content.length}</Size></Contents>`;
  });
  const head = `<Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>${limit}</MaxKeys>`;
  const encoding = query.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : '';
  const truncated = `<IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? next : ''}`;
  return `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${head}${encoding}${truncated}${items.join('')}</ListBucketResult>`;
}

/** ListMultipartUploads, with one page after the other. @see Amazon S3 API Reference, ListMultipartUploads */
export function uploadsXml(bucket: string, query: URLSearchParams, store: S3Objects, pageKeys: number): string {
  const prefix = query.get('prefix') ?? '';
  const after = `${query.get('key-marker') ?? ''}\0${query.get('upload-id-marker') ?? ''}`;
  const all = [...store.uploads]
    .filter(([, upload]) => upload.bucket === bucket && upload.key.startsWith(prefix))
    .map(([id, { key }]) => ({ id, key, order: `${key}\0${id}` }))
    .filter(({ order }) => after === '\0' || order > after)
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  const page = all.slice(0, pageKeys);
  const last = page.at(-1);
  const next = `<NextKeyMarker>${uriEncode(last?.key ?? '')}</NextKeyMarker><NextUploadIdMarker>${last?.id}</NextUploadIdMarker>`;
  const items = page.map(({ id, key }) => `<Upload><Key>${uriEncode(key)}</Key><UploadId>${id}</UploadId></Upload>`);
  const isTruncated = page.length < all.length;
  const head = `<Bucket>${bucket}</Bucket><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>`;
  return `<ListMultipartUploadsResult>${head}${isTruncated ? next : ''}${items.join('')}</ListMultipartUploadsResult>`;
}

/** ListParts, with one page after the other. @see Amazon S3 API Reference, ListParts */
export function partsXml({ parts }: Upload, query: URLSearchParams, pageKeys: number): string {
  const marker = Number(query.get('part-number-marker') ?? 0);
  const all = [...parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const page = all.slice(0, pageKeys);
  const items = page.map(
    ([number, { content, etag }]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${xmlText(etag)}</ETag><Size>${content.length}</Size></Part>`,
  );
  const isTruncated = page.length < all.length;
  const next = isTruncated ? `<NextPartNumberMarker>${page.at(-1)?.[0]}</NextPartNumberMarker>` : '';
  return `<ListPartsResult><IsTruncated>${isTruncated}</IsTruncated>${next}${items.join('')}</ListPartsResult>`;
}
