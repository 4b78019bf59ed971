import { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { AwsCredentials, CredentialContext } from './aws-credentials.ts';
import { containerCredentials, instanceCredentials } from './metadata-credentials.ts';
import { profileCredentials } from './profile-credentials.ts';
import { webIdentityCredentials } from './sts.ts';

/** Credentials that end sooner are renewed before they are used. */
const MARGIN_MS = 120_000;

/**
 * Looks where the AWS command line does: environment, profile (keys, role, `credential_process`), web identity,
 * container, role of the EC2 machine. `undefined` if there is nothing.
 *
 * @throws {IactError} if a place is named and gives no credentials.
 */
export async function findCredentials(context: CredentialContext): Promise<AwsCredentials | undefined> {
  return (
    environmentCredentials(context.env) ??
    (await profileCredentials(context.profiles.chosen, context)) ??
    (await webIdentityCredentials(context)) ??
    (await containerCredentials(context.env)) ??
    (context.asksMachine ? await instanceCredentials(context.env) : undefined)
  );
}

function environmentCredentials(env: AccessOptions['env']): AwsCredentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] || env['AWS_ACCESS_KEY'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] || env['AWS_SECRET_KEY'];
  if (!accessKeyId) return undefined;
  if (!secretAccessKey) {
    throw new IactError('usage', 'AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not; both are needed.');
  }
  const sessionToken = env['AWS_SESSION_TOKEN'] || undefined;
  const source = `AWS_ACCESS_KEY_ID "${accessKeyId}" of the environment`;
  return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs: undefined, source };
}

/** Keeps credentials as long as they are good for. */
export class CredentialKeeper {
  private readonly find: () => Promise<AwsCredentials | undefined>;
  private kept: Promise<AwsCredentials | undefined> | undefined;

  constructor(find: () => Promise<AwsCredentials | undefined>) {
    this.find = find;
  }

  /** `undefined` if there are none. */
  async current(): Promise<AwsCredentials | undefined> {
    const found = await this.ask();
    if ((found?.expiresAtMs ?? Number.POSITIVE_INFINITY) - Date.now() > MARGIN_MS) return found;
    return this.replace(found);
  }

  /** Others than those that the service took for expired; the same if there are no others. */
  async replace(expired: AwsCredentials | undefined): Promise<AwsCredentials | undefined> {
    const asked = this.ask();
    const found = await asked;
    // Of many calls with the same credentials, one asks anew.
    if (found === expired && this.kept === asked) this.kept = undefined;
    const asking = this.ask();
    const renewed = await asking;
    if (renewed !== undefined || found === undefined) return renewed;
    // Who gave some before is silent for the moment: the next call asks again.
    if (this.kept === asking) this.kept = asked;
    return found;
  }

  private ask(): Promise<AwsCredentials | undefined> {
    if (this.kept === undefined) {
      const asked = this.find();
      this.kept = asked;
      // The next call tries again.
      asked.catch(() => {
        if (this.kept === asked) this.kept = undefined;
      });
    }
    return this.kept;
  }
}
