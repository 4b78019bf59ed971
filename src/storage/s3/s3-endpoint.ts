import { IactError, redactUrls } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { AwsProfiles } from './aws-profile.ts';

/** Which service is asked, and how a bucket is named to it. */
export interface S3Endpoint {
  /** Base URL of a service that is not AWS, or of AWS behind a door of its own; `undefined` for AWS as usual. */
  readonly url: URL | undefined;
  readonly region: string;
}

const DEFAULT_REGION = 'us-east-1';

/**
 * The endpoint that the user or the environment names, and the region. The region of a bucket of AWS need not be right:
 * the service tells it.
 *
 * @throws {IactError} `usage` for an endpoint that is no http or https URL.
 */
export function findEndpoint({ env, s3Endpoint }: AccessOptions, profiles: AwsProfiles): S3Endpoint {
  const profile = profiles.profiles.get(profiles.chosen) ?? {};
  const service = profiles.services.get(profile['services'] ?? '') ?? {};
  const configured = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() !== 'true';
  const named: [string, string | undefined][] = [
    ['--endpoint', s3Endpoint],
    ...(configured
      ? ([
          ['AWS_ENDPOINT_URL_S3', env['AWS_ENDPOINT_URL_S3']],
          ['AWS_ENDPOINT_URL', env['AWS_ENDPOINT_URL']],
          [`endpoint_url of the profile "${profiles.chosen}"`, service['s3.endpoint_url'] || profile['endpoint_url']],
        ] as [string, string | undefined][])
      : []),
  ];
  const [name = '', text] = named.find(([, value]) => value) ?? [];
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || profile['region'] || DEFAULT_REGION;
  return { url: text ? parseEndpoint(name, text) : undefined, region };
}

function parseEndpoint(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.host && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '') return url;
  const found = `${name} is "${redactUrls(text)}"`;
  throw new IactError('usage', `Cannot use the S3 endpoint: ${found}; needed is https://host or http://host:9000.`);
}

/** Whether the keys of an AWS machine or account are for this service. */
export function isAws({ url }: S3Endpoint): boolean {
  return url === undefined || /(^|\.)amazonaws\.com(\.cn)?$/.test(url.hostname);
}

/**
 * URL of an object, or of the bucket for the key `''`. Path style at an endpoint, since few services have a name for each
 * bucket; at AWS the name of the bucket is part of the host, except where no certificate is for it.
 */
export function urlOf(
  { url, region }: S3Endpoint,
  bucket: string,
  key: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const path = key.split('/').map(encodeUri).join('/');
  const search = Object.entries(query).map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`);
  const tail = search.length === 0 ? '' : `?${search.join('&')}`;
  if (url !== undefined) {
    const base = url.pathname.replace(/\/+$/, '');
    return new URL(`${url.origin}${base}/${bucket}${path === '' ? '' : `/${path}`}${tail}`);
  }
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  if (/^[a-z0-9][a-z0-9-]+$/.test(bucket)) return new URL(`https://${bucket}.${host}/${path}${tail}`);
  return new URL(`https://${host}/${bucket}${path === '' ? '' : `/${path}`}${tail}`);
}

/** As signatures need it: all but the unreserved characters of RFC 3986 is encoded. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
