import { exec } from 'node:child_process';
import { IactError } from '../../core/index.ts';
import { type AwsCredentials, type CredentialContext, parseCredentials } from './aws-credentials.ts';
import type { AwsSettings } from './aws-profile.ts';
import { containerCredentials, instanceCredentials } from './metadata-credentials.ts';
import { assumeRole, assumeRoleWithWebIdentity } from './sts.ts';

const PROCESS_TIMEOUT_MS = 60_000;

/**
 * Credentials of a profile: its keys, a role that it names, or the program of `credential_process`; `undefined` if it
 * has nothing of these.
 *
 * @param above profiles whose `source_profile` led here.
 */
export async function profileCredentials(
  name: string,
  context: CredentialContext,
  above: readonly string[] = [],
): Promise<AwsCredentials | undefined> {
  const settings = context.profiles.profiles.get(name);
  if (settings === undefined) return undefined;
  const source = `the profile "${name}"`;
  // A profile may name itself: its own keys then ask for its role.
  const isAgain = above.includes(name);
  if (settings['role_arn'] && !isAgain) return roleCredentials(name, settings, context, above);
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = settings;
  if (accessKeyId && secretAccessKey) {
    const sessionToken = settings['aws_session_token'] || undefined;
    return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs: undefined, source };
  }
  if (settings['credential_process']) return runProcess(settings['credential_process'], context, source);
  if (settings['sso_session'] || settings['sso_start_url']) throw ssoError(name);
  if (isAgain) throw new IactError('usage', `Cannot log in to S3: ${source} takes its credentials from itself.`);
  return undefined;
}

async function roleCredentials(
  name: string,
  settings: AwsSettings,
  context: CredentialContext,
  above: readonly string[],
): Promise<AwsCredentials> {
  const roleArn = settings['role_arn'] ?? '';
  const { web_identity_token_file: tokenFile, source_profile: sourceProfile, credential_source: machine } = settings;
  const sessionName = settings['role_session_name'] || undefined;
  const source = `the role "${roleArn}" of the profile "${name}"`;
  if (tokenFile) return assumeRoleWithWebIdentity({ roleArn, tokenFile, sessionName, source }, context);
  if (settings['mfa_serial']) throw mfaError(name);
  const base = sourceProfile
    ? await profileCredentials(sourceProfile, context, [...above, name])
    : await machineCredentials(machine, context);
  if (base === undefined) {
    const place = sourceProfile ? `the profile "${sourceProfile}"` : `credential_source "${machine ?? ''}"`;
    throw new IactError('usage', `Cannot log in to S3 with ${source}: ${place} gives no credentials to ask with.`);
  }
  return assumeRole({ roleArn, externalId: settings['external_id'] || undefined, sessionName, source }, base, context);
}

async function machineCredentials(
  machine: string | undefined,
  { env }: CredentialContext,
): Promise<AwsCredentials | undefined> {
  if (machine === 'Ec2InstanceMetadata') return instanceCredentials(env);
  if (machine === 'EcsContainer') return containerCredentials(env);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (machine !== 'Environment' || !accessKeyId || !secretAccessKey) return undefined;
  const source = 'the environment';
  return { accessKeyId, secretAccessKey, sessionToken: token || undefined, expiresAtMs: undefined, source };
}

/** @see AWS SDKs and Tools Reference Guide, "Process credential provider" */
async function runProcess(command: string, { env }: CredentialContext, from: string): Promise<AwsCredentials> {
  const source = `credential_process of ${from}`;
  const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>(
    (resolve) => {
      const options = { env: { ...env }, timeout: PROCESS_TIMEOUT_MS, windowsHide: true };
      exec(command, options, (error, stdout, stderr) => resolve({ error, stdout, stderr })).stdin?.end();
    },
  );
  const fail = (reason: string): IactError => new IactError('unreachable', `Cannot log in to S3: ${source} ${reason}.`);
  // Its output may hold secrets, and so may the message of `error`, which repeats the command.
  if (error !== null) throw fail(`failed: ${stderr.trim().split('\n').at(-1)?.slice(0, 200) || 'it says no reason'}`);
  let found: { Version?: unknown };
  try {
    found = JSON.parse(stdout);
  } catch {
    throw fail('prints no JSON');
  }
  if (found.Version !== 1) throw fail('prints no "Version": 1');
  return parseCredentials(found as Record<string, unknown>, { token: 'SessionToken' }, source);
}

const EXPORT = 'aws configure export-credentials --profile';

function ssoError(name: string): IactError {
  const remedy = `log in with "aws sso login --profile ${name}", then run "eval $(${EXPORT} ${name} --format env)", or give a profile credential_process = ${EXPORT} ${name} --format process`;
  return new IactError('usage', `The profile "${name}" logs in by SSO, which iactools does not do itself: ${remedy}.`);
}

function mfaError(name: string): IactError {
  const remedy = `run "eval $(${EXPORT} ${name} --format env)", which asks for the code`;
  return new IactError('usage', `The role of the profile "${name}" asks for a code (mfa_serial): ${remedy}.`);
}
