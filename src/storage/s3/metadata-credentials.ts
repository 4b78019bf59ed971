import { readFile } from 'node:fs/promises';
import { IactError, messageOf } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import { readError } from '../system-error.ts';
import { ask, type Question } from './ask.ts';
import { type AwsCredentials, parseCredentials } from './aws-credentials.ts';

type Environment = AccessOptions['env'];

const CONTAINER_TIMEOUT_MS = 5000;
/** Elsewhere than at AWS nobody answers, and everybody waits. */
const MACHINE_TIMEOUT_MS = 1000;
const TOKEN_SECONDS = '21600';

/** Hosts that a token may be sent to without encryption: this machine, and those of ECS and EKS. */
const CONTAINER_HOSTS = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

/**
 * Credentials of a container of ECS or EKS, where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI says where.
 * @see AWS SDKs and Tools Reference Guide, "Container credential provider"
 */
export async function containerCredentials(env: Environment): Promise<AwsCredentials | undefined> {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const text = relative ? `http://169.254.170.2${relative}` : full;
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && !CONTAINER_HOSTS.test(url.hostname))) {
    const needed = 'needed is https, or an address of this machine or of its container service';
    throw new IactError('usage', `Cannot use AWS_CONTAINER_CREDENTIALS_FULL_URI: it leads elsewhere; ${needed}.`);
  }
  const token = await containerToken(env);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
  const source = 'the container service that AWS_CONTAINER_CREDENTIALS_… names';
  return parseCredentials(
    await answerOf(source, { url, headers, timeoutMs: CONTAINER_TIMEOUT_MS }),
    { token: 'Token' },
    source,
  );
}

async function containerToken(env: Environment): Promise<string | undefined> {
  const path = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  if (!path) return env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] || undefined;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw readError(error, path);
  }
}

/**
 * Credentials of the role of an EC2 machine (IMDSv2); `undefined` if this is none, or has no role.
 * @see Amazon EC2 User Guide, "Use the Instance Metadata Service"
 */
export async function instanceCredentials(env: Environment): Promise<AwsCredentials | undefined> {
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined;
  const base = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || 'http://169.254.169.254';
  const timeoutMs = Number(env['AWS_METADATA_SERVICE_TIMEOUT']) * 1000 || MACHINE_TIMEOUT_MS;
  let role: string;
  let headers: Record<string, string>;
  const roles = new URL('/latest/meta-data/iam/security-credentials/', base);
  try {
    const asksToken = { 'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_SECONDS };
    const url = new URL('/latest/api/token', base);
    const token = await ask({ url, method: 'PUT', headers: asksToken, timeoutMs });
    if (token.status !== 200) return undefined;
    headers = { 'x-aws-ec2-metadata-token': token.text };
    const found = await ask({ url: roles, headers, timeoutMs });
    if (found.status !== 200) return undefined;
    role = found.text.trim().split('\n')[0] ?? '';
  } catch {
    // Nobody there: this is no machine of EC2, which is no error.
    return undefined;
  }
  if (role === '') return undefined;
  const source = `the role "${role}" of this EC2 machine`;
  const url = new URL(encodeURIComponent(role), roles);
  return parseCredentials(await answerOf(source, { url, headers, timeoutMs }), { token: 'Token' }, source);
}

async function answerOf(source: string, question: Question): Promise<Record<string, unknown>> {
  let reason: string;
  try {
    const { status, text } = await ask(question);
    if (status === 200) return JSON.parse(text) as Record<string, unknown>;
    reason = `it answered with status ${status}`;
  } catch (error) {
    reason = error instanceof SyntaxError ? 'its answer is no JSON' : messageOf(error);
  }
  throw new IactError('unreachable', `Cannot log in to S3: ${source} gives no credentials; ${reason}.`, {
    retryable: true,
  });
}
