import { describe, expect, it } from 'vitest';
import { bytesOf } from '../testing/conformance.ts';
import { open, serve } from './testing/open-s3.ts';

describe('S3Source.list()', () => {
  it('goes through all pages, and knows files and directories of one name apart', async () => {
    const server = await serve({ pageKeys: 3 });
    const names = Array.from({ length: 20 }, (_, i) => `f ${i}+é`);
    for (const name of names) server.store.put(`bucket/some/store/d/${name}`, bytesOf(1));
    server.store.put('bucket/some/store/d/', bytesOf(0));
    server.store.put('bucket/some/store/d/both', bytesOf(1));
    server.store.put('bucket/some/store/d/both/x', bytesOf(1));
    server.store.put('bucket/some/store/d/marked', bytesOf(0));
    server.store.put('bucket/some/store/d/marked/x', bytesOf(1));
    const source = await open(server);
    const found = await source.list('d');
    expect(found?.map(({ name }) => name)).toEqual([...names, 'both', 'marked'].sort());
    expect(found?.find(({ name }) => name === 'both')?.kind).toBe('file');
    expect(found?.find(({ name }) => name === 'marked')?.kind).toBe('directory');
  });

  it('takes keys as they stand where the service does not encode them', async () => {
    const server = await serve();
    const source = await open(server);
    const page = '<ListBucketResult><Contents><Key>some/store/a+%41</Key><Size>1</Size></Contents></ListBucketResult>';
    server.fail({ match: /list-type/, body: page });
    expect(await source.list('')).toEqual([{ name: 'a+%41', kind: 'file' }]);
  });

  it('does not take a part of a list for all of it, nor a key that is wrongly encoded for an error of ours', async () => {
    const server = await serve();
    const source = await open(server);
    const page = (more: string) =>
      `<ListBucketResult><EncodingType>url</EncodingType>${more}<Contents><Key>some/store/a%ZZ+b</Key></Contents></ListBucketResult>`;
    server.fail({ match: /list-type/, body: page('<IsTruncated>true</IsTruncated>') });
    expect(await source.list('')).toBeUndefined();
    server.fail({ match: /list-type/, body: ' '.repeat((64 << 20) + 1) });
    expect(await source.list('')).toBeUndefined();
    server.fail({ match: /list-type/, body: page('') });
    expect(await source.list('')).toEqual([{ name: 'a%ZZ b', kind: 'file' }]);
  });

  it('says that it cannot tell where the bucket may not be listed', async () => {
    const server = await serve();
    const source = await open(server);
    server.fail({ match: /list-type/, status: 403, code: 'AccessDenied' });
    expect(await source.list('')).toBeUndefined();
    server.fail({ match: /list-type/, status: 503, code: 'SlowDown' });
    await expect(source.list('')).rejects.toMatchObject({ code: 'unreachable' });
  });
});
