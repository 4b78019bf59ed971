import { describe, expect, it } from 'vitest';
import { splitPlace } from './place.ts';

describe('splitPlace()', () => {
  it.each([
    ['https://host/a/store', 'https://host/a', 'store'],
    ['https://host/a/store/', 'https://host/a', 'store'],
    ['https://host/a/my%20st%C3%B6re//', 'https://host/a', 'my störe'],
    ['https://host/a/store/?sig=1', 'https://host/a?sig=1', 'store'],
    ['https://host/', 'https://host/', ''],
    ['https://host', 'https://host', ''],
    ['sftp://host/a/store/', 'sftp://host/a', 'store'],
    ['sftp://host/a/my%20store', 'sftp://host/a', 'my store'],
    ['host:/a/my%20store/', 'host:/a', 'my%20store'],
    ['host:store/', 'host:', 'store'],
    ['s3://bucket/a/100%25/', 's3://bucket/a', '100%25'],
    ['a/store/', 'a', 'store'],
  ])('splits %j', (text, folder, name) => {
    expect(splitPlace(text)).toEqual({ folder, name });
  });
});
