import { listingXml, partsXml, uploadsXml, xmlText } from './s3-listing.ts';
import { type S3Objects, S3Refusal, type StoredObject } from './s3-objects.ts';

/** A request that was let in. */
export interface S3Operation {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bucket: string;
  /** `''` for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface S3Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const xml = (body: string): S3Reply => ({ status: 200, headers: { 'content-type': 'application/xml' }, body });
const empty = (status: number, headers: Record<string, string> = {}): S3Reply => ({ status, headers, body: '' });

/** Does what a request asks for. @throws {S3Refusal} */
export function perform(operation: S3Operation, store: S3Objects, pageKeys: number): S3Reply {
  const { method, query, key, bucket } = operation;
  if (bucket === '') return xml('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>');
  if (key === '') return performOnBucket(operation, store, pageKeys);
  if (method === 'POST' && query.has('uploads')) {
    const id = store.begin(bucket, key, metadataOf(operation));
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }
  const uploadId = query.get('uploadId');
  if (uploadId !== null) return performOnUpload(operation, uploadId, store, pageKeys);
  if (method === 'GET' || method === 'HEAD') return give(operation, store);
  if (method === 'PUT' && 'x-amz-copy-source' in operation.headers) return copy(operation, store);
  if (method === 'PUT')
    return empty(200, { etag: store.put(`${bucket}/${key}`, operation.body, metadataOf(operation)).etag });
  if (method !== 'DELETE') throw new S3Refusal(405, 'MethodNotAllowed');
  store.objects.delete(`${bucket}/${key}`);
  return empty(204);
}

function performOnBucket({ method, query, bucket }: S3Operation, store: S3Objects, pageKeys: number): S3Reply {
  if (method !== 'GET') return empty(200);
  if (query.has('uploads')) return xml(uploadsXml(bucket, query, store, pageKeys));
  if (query.has('location')) return xml('<LocationConstraint/>');
  return xml(listingXml(bucket, query, store, pageKeys));
}

function performOnUpload(
  { method, query, key, body }: S3Operation,
  id: string,
  store: S3Objects,
  pageKeys: number,
): S3Reply {
  if (method === 'GET') return xml(partsXml(store.uploadOf(id, key), query, pageKeys));
  if (method === 'PUT') return empty(200, { etag: store.putPart(id, key, Number(query.get('partNumber')), body) });
  if (method === 'DELETE') {
    store.abort(id, key);
    return empty(204);
  }
  const parts = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replace(/&quot;|&#34;/g, '"'),
  }));
  const { etag } = store.complete(id, key, parts);
  return xml(`<CompleteMultipartUploadResult><ETag>${xmlText(etag)}</ETag></CompleteMultipartUploadResult>`);
}

function copy(operation: S3Operation, store: S3Objects): S3Reply {
  const { headers, bucket, key } = operation;
  const source = store.objects.get(decodeURIComponent(headers['x-amz-copy-source'] ?? '').replace(/^\//, ''));
  if (source === undefined) throw new S3Refusal(404, 'NoSuchKey');
  const expected = headers['x-amz-copy-source-if-match'];
  if (expected !== undefined && expected !== source.etag) throw new S3Refusal(412, 'PreconditionFailed');
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  const { etag } = store.put(`${bucket}/${key}`, source.content, replaces ? metadataOf(operation) : source.metadata);
  return xml(`<CopyObjectResult><ETag>${xmlText(etag)}</ETag></CopyObjectResult>`);
}

function give({ headers, bucket, key }: S3Operation, store: S3Objects): S3Reply {
  const object = store.objects.get(`${bucket}/${key}`);
  if (object === undefined) throw new S3Refusal(404, 'NoSuchKey');
  const { content, etag } = object;
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted !== etag) throw new S3Refusal(412, 'PreconditionFailed');
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers['range'] ?? '') ?? [];
  if (first === undefined) return { status: 200, headers: headersOf(object), body: content };
  if (Number(first) >= content.length) throw new S3Refusal(416, 'InvalidRange');
  const end = last ? Math.min(Number(last) + 1, content.length) : content.length;
  const range = `bytes ${first}-${end - 1}/${content.length}`;
  const body = content.subarray(Number(first), end);
  return { status: 206, headers: { ...headersOf(object), 'content-range': range }, body };
}

function metadataOf({ headers }: S3Operation): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-') || name === 'content-type');
  return Object.fromEntries(kept);
}

function headersOf({ etag, modifiedMs, metadata }: StoredObject): Record<string, string> {
  return { etag, 'last-modified': new Date(modifiedMs).toUTCString(), 'accept-ranges': 'bytes', ...metadata };
}
