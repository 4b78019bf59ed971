import { readFile } from 'node:fs/promises';
import { IactError, messageOf, redactUrls } from '../../core/index.ts';
import { readError } from '../system-error.ts';
import { ask } from './ask.ts';
import { type AwsCredentials, type CredentialContext, parseCredentials } from './aws-credentials.ts';
import { parseS3Xml, textOf } from './s3-xml.ts';

const TIMEOUT_MS = 30_000;
const SESSION_NAME = 'iactools';

export interface WebIdentity {
  readonly roleArn: string;
  readonly tokenFile: string;
  readonly sessionName: string | undefined;
  /** As told to people. */
  readonly source: string;
}

export interface Role {
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly sessionName: string | undefined;
  readonly source: string;
}

/** Credentials of the web identity that AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN name, as on a Kubernetes cluster. */
export async function webIdentityCredentials(context: CredentialContext): Promise<AwsCredentials | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: roleArn } = context.env;
  if (!tokenFile || !roleArn) return undefined;
  const sessionName = context.env['AWS_ROLE_SESSION_NAME'] || undefined;
  const source = `the role "${roleArn}" of AWS_WEB_IDENTITY_TOKEN_FILE`;
  return assumeRoleWithWebIdentity({ roleArn, tokenFile, sessionName, source }, context);
}

/** @see AWS STS API Reference, AssumeRoleWithWebIdentity */
export async function assumeRoleWithWebIdentity(
  { roleArn, tokenFile, sessionName = SESSION_NAME, source }: WebIdentity,
  context: CredentialContext,
): Promise<AwsCredentials> {
  let token: string;
  try {
    token = (await readFile(tokenFile, 'utf8')).trim();
  } catch (error) {
    throw readError(error, tokenFile);
  }
  const identity = { RoleArn: roleArn, RoleSessionName: sessionName, WebIdentityToken: token };
  return askSts({ Action: 'AssumeRoleWithWebIdentity', ...identity }, context, source, undefined);
}

/** @see AWS STS API Reference, AssumeRole */
export async function assumeRole(
  role: Role,
  base: AwsCredentials,
  context: CredentialContext,
): Promise<AwsCredentials> {
  const { roleArn, externalId, sessionName = SESSION_NAME, source } = role;
  const external: Record<string, string> = externalId === undefined ? {} : { ExternalId: externalId };
  const asked = { Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: sessionName, ...external };
  return askSts(asked, context, source, base);
}

async function askSts(
  parameters: Readonly<Record<string, string>>,
  { env, region }: CredentialContext,
  source: string,
  base: AwsCredentials | undefined,
): Promise<AwsCredentials> {
  const host = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const url = new URL(env['AWS_ENDPOINT_URL_STS'] || env['AWS_ENDPOINT_URL'] || `https://${host}`);
  const body = new URLSearchParams({ Version: '2011-06-15', ...parameters }).toString();
  let headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (base !== undefined) headers = { ...headers, ...(await signatureOf(url, body, region, base)) };
  const fail = (reason: string, retryable: boolean, cause?: unknown): IactError =>
    new IactError('unreachable', `Cannot log in to S3 with ${source}: ${reason}.`, { cause, retryable });
  let answer: { status: number; text: string };
  try {
    answer = await ask({ url, method: 'POST', headers, body, timeoutMs: TIMEOUT_MS, env });
  } catch (error) {
    throw fail(`the token service at "${url.host}" cannot be reached: ${redactUrls(messageOf(error))}`, true, error);
  }
  const document = await parseS3Xml(answer.text);
  if (answer.status !== 200) {
    const said = textOf(document, 'Message') ?? textOf(document, 'Code') ?? `status ${answer.status}`;
    throw fail(`the token service refuses: ${redactUrls(said)}`, answer.status >= 500);
  }
  const names = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'];
  const found = Object.fromEntries(names.map((name) => [name, textOf(document, name)]));
  return parseCredentials(found, { token: 'SessionToken' }, source);
}

async function signatureOf(
  url: URL,
  body: string,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
): Promise<Record<string, string>> {
  const { AwsV4Signer } = await import('aws4fetch');
  const token = sessionToken === undefined ? {} : { sessionToken };
  const keys = { accessKeyId, secretAccessKey, ...token };
  const signer = new AwsV4Signer({ method: 'POST', url: url.href, body, region, service: 'sts', ...keys });
  return Object.fromEntries((await signer.sign()).headers);
}
