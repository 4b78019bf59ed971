import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { parseLocation, type SftpLocation } from './location.ts';

const sftp = (given: Partial<SftpLocation>): SftpLocation => ({
  kind: 'sftp',
  user: undefined,
  password: undefined,
  host: 'host',
  port: undefined,
  path: '',
  ...given,
});

describe('parseLocation()', () => {
  it.each([
    'data',
    './data',
    '/data',
    '../data/',
    'a b',
    '',
    '.',
    'C:',
    'x:data',
    './host:data',
    'dir/host:data',
    'a:b c',
  ])('takes %j for a path of this machine', (text) => {
    expect(parseLocation(text)).toEqual({ kind: 'local', path: text });
  });

  it.each([
    ['host:', sftp({})],
    ['host:data/x', sftp({ path: 'data/x' })],
    ['host:/data/x/', sftp({ path: '/data/x' })],
    ['host:/', sftp({ path: '/' })],
    ['ada@host:data', sftp({ user: 'ada', path: 'data' })],
    ['ada@[fe80::1]:/data', sftp({ user: 'ada', host: 'fe80::1', path: '/data' })],
    ['host:a:b@c', sftp({ path: 'a:b@c' })],
  ])('reads %j as scp does', (text, location) => {
    expect(parseLocation(text)).toEqual(location);
  });

  it('takes a file of this machine that is named so for that file', async () => {
    const path = join(await tempDirectory(), 'host:data');
    await writeFile(path, '');
    expect(parseLocation(path)).toEqual({ kind: 'local', path });
    expect(parseLocation(path.slice(1).replaceAll('/', '_'))).toMatchObject({ kind: 'sftp', path: 'data' });
  });

  it.each([
    ['sftp://host', sftp({ path: '/' })],
    ['sftp://host/', sftp({ path: '/' })],
    ['sftp://host/data/', sftp({ path: '/data' })],
    ['sftp://host/~', sftp({ path: '' })],
    ['sftp://host/~/', sftp({ path: '' })],
    ['sftp://host/~/data/x', sftp({ path: 'data/x' })],
    ['sftp://host/~ada/x', sftp({ path: '/~ada/x' })],
    ['SFTP://ada@host:2222/a%20b', sftp({ user: 'ada', port: 2222, path: '/a b' })],
    ['ssh://ada:p%40ss%2Fword@host/x', sftp({ user: 'ada', password: 'p@ss/word', path: '/x' })],
    ['sftp://[::1]:22/x', sftp({ host: '::1', port: 22, path: '/x' })],
  ])('reads %j', (text, location) => {
    expect(parseLocation(text)).toEqual(location);
  });

  it('keeps user, password and query of a web address', () => {
    const location = parseLocation('https://ada:pw@host:8443/store/?sig=x');
    expect(location).toMatchObject({ kind: 'http' });
    expect('url' in location && location.url.href).toBe('https://ada:pw@host:8443/store/?sig=x');
  });

  it.each([
    ['s3://bucket', 'bucket', ''],
    ['s3://my-bucket.x/', 'my-bucket.x', ''],
    ['S3://bucket/a/b/', 'bucket', 'a/b'],
    ['s3://bucket//a#b?c%20d', 'bucket', 'a#b?c%20d'],
  ])('reads %j', (text, bucket, key) => {
    expect(parseLocation(text)).toEqual({ kind: 's3', bucket, key });
  });

  it('reads file:// as a path of this machine', () => {
    expect(parseLocation('file:///data/a%20b')).toEqual({ kind: 'local', path: '/data/a b' });
  });

  it.each([
    'ftp://host/x',
    'gopher://x',
    'sftp://',
    'sftp:///data',
    'http://',
    's3://',
    's3:///key',
    's3://-x',
    'sftp://h:99999/',
  ])('refuses %j', (text) => {
    expect(() => parseLocation(text)).toThrow(`Cannot tell where "${text}" is: `);
  });

  it.each([
    ['s3://', 'it names no bucket'],
    ['s3://b/key', '"b" is no name of a bucket'],
  ])('tells what is wrong with %j', (text, reason) => {
    expect(() => parseLocation(text)).toThrow(`Cannot tell where "${text}" is: ${reason}.`);
  });

  it('shows no secret when it refuses', () => {
    const secret = fc.string({ unit: 'grapheme', maxLength: 10 }).map((text) => `${text}sEcReT42${text}`);
    fc.assert(
      fc.property(fc.constantFrom('ftp', 'sftp', 'http', 'dav'), secret, (scheme, password) => {
        for (const text of [`${scheme}://ada:${password}@h:x/`, `${scheme}://h:x/?sig=${password}`]) {
          try {
            parseLocation(text);
          } catch (error) {
            expect((error as Error).message).not.toContain('sEcReT42');
          }
        }
      }),
    );
  });
});
