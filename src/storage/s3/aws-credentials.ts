import { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { AwsProfiles } from './aws-profile.ts';

/** Who we are to S3, and how we know. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly expiresAtMs: number | undefined;
  /** As told to people: `the profile "x" of …`. */
  readonly source: string;
}

/** What finding credentials needs to know. */
export interface CredentialContext {
  readonly env: AccessOptions['env'];
  readonly profiles: AwsProfiles;
  readonly region: string;
  /** Whether the machine may be asked: its role is of AWS, and nobody else's business. */
  readonly asksMachine: boolean;
}

/** Reads credentials as programs and services of AWS write them. */
export function parseCredentials(
  found: Readonly<Record<string, unknown>>,
  names: { readonly token: string },
  source: string,
): AwsCredentials {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Expiration: expiration } = found;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new IactError('unreachable', `Cannot log in to S3: ${source} gives no AccessKeyId and SecretAccessKey.`);
  }
  const token = found[names.token];
  const expiresAtMs = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: typeof token === 'string' && token !== '' ? token : undefined,
    expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
    source,
  };
}
