import { expect, it } from 'vitest';
import { type SignedRequest, verifySignature } from './s3-signature.ts';

// The examples of the Amazon S3 API Reference: "Signature Calculations for the Authorization Header: Transferring Payload
// in a Single Chunk" and "Authenticating Requests: Using Query Parameters".
const ID = 'AKIAIOSFODNN7EXAMPLE';
const KEYS = { [ID]: { secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } };
const NOW_MS = Date.UTC(2013, 4, 24);
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const CONTENT = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';

function signed(
  method: string,
  path: string,
  query: [string, string][],
  headers: Record<string, string>,
  signedHeaders: string,
  signature: string,
): SignedRequest {
  const credential = `Credential=${ID}/20130524/us-east-1/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 ${credential},SignedHeaders=${signedHeaders},Signature=${signature}`;
  const common = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z', authorization };
  return { method, path, query, headers: { 'x-amz-content-sha256': EMPTY, ...common, ...headers } };
}

const ALWAYS = 'host;x-amz-content-sha256;x-amz-date';
const EXAMPLES: Record<string, SignedRequest> = {
  'GET object': signed(
    'GET',
    '/test.txt',
    [],
    { range: 'bytes=0-9' },
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ),
  'PUT object': signed(
    'PUT',
    '/test%24file.text',
    [],
    {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': CONTENT,
    },
    'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ),
  'GET bucket lifecycle': signed(
    'GET',
    '/',
    [['lifecycle', '']],
    {},
    ALWAYS,
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ),
  'GET bucket': signed(
    'GET',
    '/',
    [
      ['max-keys', '2'],
      ['prefix', 'J'],
    ],
    {},
    ALWAYS,
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ),
  'a presigned URL': {
    method: 'GET',
    path: '/test.txt',
    query: [
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Credential', `${ID}/20130524/us-east-1/s3/aws4_request`],
      ['X-Amz-Date', '20130524T000000Z'],
      ['X-Amz-Expires', '86400'],
      ['X-Amz-SignedHeaders', 'host'],
      ['X-Amz-Signature', 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'],
    ],
    headers: { host: 'examplebucket.s3.amazonaws.com' },
  },
};

it.each(Object.entries(EXAMPLES))('verifySignature() takes the example of AWS: %s', (_, request) => {
  expect(verifySignature(request, KEYS, 'us-east-1', NOW_MS)).toEqual({ accessKeyId: ID });
  const other = { ...request, path: '/other' };
  expect(verifySignature(other, KEYS, 'us-east-1', NOW_MS)).toEqual({ code: 'SignatureDoesNotMatch' });
});

it('verifySignature() tells what is wrong in the words of S3', () => {
  const request = EXAMPLES['GET object'] as SignedRequest;
  expect(verifySignature(request, {}, 'us-east-1', NOW_MS)).toEqual({ code: 'InvalidAccessKeyId' });
  expect(verifySignature(request, KEYS, 'eu-west-1', NOW_MS)).toMatchObject({ code: 'AuthorizationHeaderMalformed' });
  expect(verifySignature(request, KEYS, 'us-east-1', NOW_MS + 3_600_000)).toEqual({ code: 'RequestTimeTooSkewed' });
  const smuggled = { ...request, headers: { ...request.headers, 'x-amz-acl': 'public-read' } };
  expect(verifySignature(smuggled, KEYS, 'us-east-1', NOW_MS)).toEqual({ code: 'AccessDenied' });
  expect(verifySignature({ ...request, headers: { host: 'x' } }, KEYS, 'us-east-1', NOW_MS)).toBeUndefined();
});
