import { describe, expect, it } from 'vitest';
import { connectionError } from './http-error.ts';

const INQUIRY = {
  uri: 's3://bucket/store',
  host: 'bucket.s3.example.org',
  hasAnswered: false,
  hasLogin: false,
  proxy: undefined,
};

describe('connectionError()', () => {
  it('names the host that there is none of, wherever in the error it stands', () => {
    const lookup = Object.assign(new Error('getaddrinfo ENOTFOUND s3.exampel.org'), {
      code: 'ENOTFOUND',
      hostname: 's3.exampel.org',
    });
    for (const error of [lookup, new TypeError('fetch failed', { cause: lookup })]) {
      expect(connectionError(error, INQUIRY)).toMatchObject({
        code: 'unreachable',
        message: 'Cannot reach "s3://bucket/store": there is no host "s3.exampel.org".',
      });
    }
    const message = 'Cannot reach "s3://bucket/store": something.';
    expect(connectionError(new Error('something', { cause: null }), INQUIRY)).toMatchObject({ message });
  });
});
