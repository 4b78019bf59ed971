import { describe, expect, it } from 'vitest';
import type { AwsProfiles, AwsSettings } from './aws-profile.ts';
import { findEndpoint, isAws, urlOf } from './s3-endpoint.ts';

const none: AwsProfiles = { chosen: 'default', profiles: new Map(), services: new Map() };
const withProfile = (settings: AwsSettings): AwsProfiles => ({
  chosen: 'x',
  profiles: new Map([['x', settings]]),
  services: new Map([['mine', { 's3.endpoint_url': 'http://of-service' }]]),
});

describe('findEndpoint()', () => {
  it('prefers --endpoint, then variables, then the profile', () => {
    const env = { AWS_ENDPOINT_URL_S3: 'http://s3-variable', AWS_ENDPOINT_URL: 'http://variable' };
    const profile = withProfile({ endpoint_url: 'http://of-profile', region: 'eu-west-3' });
    expect(findEndpoint({ env, s3Endpoint: 'http://option:9000' }, profile).url?.host).toBe('option:9000');
    expect(findEndpoint({ env }, profile).url?.host).toBe('s3-variable');
    expect(findEndpoint({ env: { AWS_ENDPOINT_URL: 'http://variable' } }, profile).url?.host).toBe('variable');
    expect(findEndpoint({ env: {} }, profile)).toMatchObject({
      url: new URL('http://of-profile'),
      region: 'eu-west-3',
    });
    expect(findEndpoint({ env: {} }, withProfile({ services: 'mine' })).url?.host).toBe('of-service');
    const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(findEndpoint({ env: ignored }, none)).toEqual({ url: undefined, region: 'us-east-1' });
    expect(findEndpoint({ env: { AWS_DEFAULT_REGION: 'a', AWS_REGION: 'b' } }, profile).region).toBe('b');
  });

  it.each(['ftp://x', 'localhost:9000', 'http://user:secret@x'])(
    'refuses %s without telling a password',
    (s3Endpoint) => {
      const find = (): unknown => findEndpoint({ env: {}, s3Endpoint }, none);
      expect(find).toThrow(expect.objectContaining({ code: 'usage' }));
      expect(find).toThrow('--endpoint is "');
      expect(find).not.toThrow('secret');
    },
  );
});

describe('urlOf()', () => {
  const aws = { url: undefined, region: 'eu-west-1' };

  it('names the bucket in the host at AWS, and in the path where no certificate is for that', () => {
    expect(urlOf(aws, 'cta-dl3', 'a b/é+(1).fits').href).toBe(
      'https://cta-dl3.s3.eu-west-1.amazonaws.com/a%20b/%C3%A9%2B%281%29.fits',
    );
    expect(urlOf(aws, 'my.bucket', 'a').href).toBe('https://s3.eu-west-1.amazonaws.com/my.bucket/a');
    expect(urlOf({ ...aws, region: 'cn-north-1' }, 'bucket', '', { prefix: 'a/', 'list-type': '2' }).href).toBe(
      'https://bucket.s3.cn-north-1.amazonaws.com.cn/?prefix=a%2F&list-type=2',
    );
  });

  it('names it in the path at an endpoint, below the path that this has', () => {
    const endpoint = { url: new URL('http://[::1]:9000/s3/'), region: 'x' };
    expect(urlOf(endpoint, 'b', "it's").href).toBe('http://[::1]:9000/s3/b/it%27s');
    expect(urlOf(endpoint, 'b', '', { uploads: '' }).href).toBe('http://[::1]:9000/s3/b?uploads=');
  });
});

it('isAws() knows the hosts of AWS', () => {
  const at = (url: string): boolean => isAws({ url: new URL(url), region: 'x' });
  expect(isAws({ url: undefined, region: 'x' })).toBe(true);
  expect(at('https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com')).toBe(true);
  expect(at('https://amazonaws.com.evil.example')).toBe(false);
  expect(at('https://notamazonaws.com')).toBe(false);
});
