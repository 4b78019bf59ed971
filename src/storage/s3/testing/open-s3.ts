import { onTestFinished } from 'vitest';
import { type S3ServerOptions, type S3TestServer, startS3Server } from '../../../../test/support/s3-server.ts';
import type { AccessOptions } from '../../access.ts';
import type { S3Location } from '../../location.ts';
import { S3Source } from '../s3-source.ts';

/** Where the tests' store lies. */
export const LOCATION: S3Location = { kind: 's3', bucket: 'bucket', key: 'some/store' };

/** A service for the length of a test. */
export async function serve(options: S3ServerOptions = {}): Promise<S3TestServer> {
  const server = await startS3Server(options);
  onTestFinished(() => server.stop());
  return server;
}

/** The store of a service, opened for the length of a test. */
export async function open(
  server: S3TestServer,
  options: Partial<AccessOptions> = {},
  location: S3Location = LOCATION,
): Promise<S3Source> {
  const source = await S3Source.open(location, { env: server.env, ...options });
  onTestFinished(() => source.close());
  return source;
}
