import { setTimeout as delay } from 'node:timers/promises';
import { IactError, redactUrls } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { SftpLocation } from '../location.ts';
import { LoginAnswers } from './login-answers.ts';
import { SftpChannel } from './sftp-channel.ts';
import { planSshCommand } from './ssh-command.ts';
import { type SshTarget, sshError, sshMissing } from './ssh-error.ts';
import { SshProcess } from './ssh-process.ts';

/** With a shorter round trip, one connection is not held up by that. */
const LONG_ROUND_TRIP_MS = 4;
/** How many are made while the first login is under way, where much is going to be read. */
const LOGINS_BESIDE = 2;
/** A login that takes longer goes a long way. */
const HEAD_START_MS = 100;

/** The connections to a server: one that is needed, and others that make it faster where the server lets them in. */
export class SftpConnections {
  private readonly location: SftpLocation;
  private readonly options: AccessOptions;
  private readonly uri: string;
  private readonly most: number;
  private readonly answers: LoginAnswers;
  private readonly channels: SftpChannel[] = [];
  // Those on their way as well, to be ended by `close`.
  private readonly processes = new Set<SshProcess>();
  private connecting: Promise<SftpChannel> | undefined;
  private growing = 0;
  private mayGrow = true;
  /** Whether the first login may be accompanied by another one. */
  private mayBegin = false;
  private reached = false;
  private closed = false;

  /** @param most how many there may be at once. */
  constructor(location: SftpLocation, options: AccessOptions, uri: string, most: number) {
    this.most = most;
    this.location = location;
    this.options = options;
    this.uri = uri;
    this.answers = new LoginAnswers(options.env, location.password, options.ask);
  }

  /** Another number whenever something has come over one of them. */
  get bytesReceived(): number {
    return this.channels.reduce((sum, channel) => sum + channel.bytesReceived, 0);
  }

  /** The connections that work, at least one of them. Connects where there is none (any more). */
  async all(): Promise<readonly [SftpChannel, ...SftpChannel[]]> {
    for (let i = this.channels.length - 1; i >= 0; i--) if (this.channels[i]?.ended) this.channels.splice(i, 1);
    const [first, ...others] = this.channels;
    if (first !== undefined) return [first, ...others];
    this.connecting ??= this.connectFirst().finally(() => {
      this.connecting = undefined;
    });
    return [await this.connecting];
  }

  /**
   * The connection with the least to do.
   *
   * @param promisedBytes what it will be asked for, counted at once: others that ask in the same moment shall see it.
   */
  async lightest(promisedBytes = 0): Promise<SftpChannel> {
    const [first, ...others] = await this.all();
    const lightest = others.reduce((least, other) => (other.load < least.load ? other : least), first);
    lightest.bytesPromised += promisedBytes;
    return lightest;
  }

  /** A connection that is not among those in use. */
  otherThan(used: readonly SftpChannel[]): SftpChannel | undefined {
    return this.channels.find((channel) => !channel.ended && !used.includes(channel));
  }

  /** Asks for a connection beside the first one; before that is made, the first login may be accompanied. Returns at once. */
  prepare(): void {
    this.mayBegin = this.connecting === undefined && this.channels.length === 0;
    this.growTo(2);
  }

  /** Asks for one more connection because those there are have all that they can carry. Returns at once. */
  grow(): void {
    if (this.growing === 0) this.growTo(this.channels.length + 1);
  }

  /** Asks for so many connections, as far as they may help. Returns at once. */
  growTo(count: number): void {
    const [first] = this.channels;
    if (first === undefined || first.roundTripMs < LONG_ROUND_TRIP_MS) return;
    const wanted = Math.min(count, this.most);
    while (this.mayGrow && this.channels.length + this.growing < wanted) {
      this.growing += 1;
      this.connect(false)
        // A server that lets in no more is none that has failed: the first connection goes on.
        .catch(() => {
          this.mayGrow = false;
        })
        .finally(() => {
          this.growing -= 1;
        });
    }
  }

  /** Ends all connections. Never throws. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.processes].map((ssh) => ssh.end()));
  }

  private async connectFirst(): Promise<SftpChannel> {
    const first = this.connect(true);
    const beside = this.mayBegin ? this.connectBeside(first) : [];
    this.mayBegin = false;
    return first.catch(async (error: unknown) => {
      // A server that lets in only one of them may have taken another one.
      const others = isRetryable(error) ? await Promise.all(beside) : [];
      const other = others.find((channel) => channel !== undefined);
      if (other === undefined) throw error;
      return other;
    });
  }

  /** Makes others while the first login is under way; `undefined` for each that did not come about, for whatever reason. */
  private connectBeside(first: Promise<SftpChannel>): Promise<SftpChannel | undefined>[] {
    const settled = first.then(
      () => true,
      () => true,
    );
    const isShort = Promise.race([settled, delay(HEAD_START_MS, false, { ref: false })]);
    return Array.from({ length: Math.min(LOGINS_BESIDE, this.most - 1) }, async () => {
      if (await isShort) return undefined;
      this.growing += 1;
      // When the first one is in, others follow where they help; but not after one that was refused.
      return this.connect(false, first)
        .catch((error: unknown) => {
          if (!isRetryable(error)) this.mayGrow = false;
          return undefined;
        })
        .finally(() => {
          this.growing -= 1;
        });
    });
  }

  /**
   * @param needed whether it is the one that is needed: only for that, the person may be asked.
   * @param first the login whose answers are to be given here, too; where it is refused, so is this one.
   */
  private async connect(needed: boolean, first?: Promise<SftpChannel>): Promise<SftpChannel> {
    const { signal, env } = this.options;
    const command = planSshCommand(this.location, env, this.answers.canAnswer(needed || first !== undefined));
    const target = this.target();
    let end = (): void => undefined;
    const settled = first?.catch((error: unknown) => isRetryable(error) || end());
    const login = await this.answers.open(needed, () => end(), settled);
    try {
      signal?.throwIfAborted();
      const ssh = await SshProcess.start(command, { ...env, ...login.env }).catch((error: Error) => {
        throw sshMissing(target, command.program, error);
      });
      end = () => void ssh.end();
      this.track(ssh);
      const toError = (how: string, ours?: string): IactError =>
        sshError(this.target(), { stderr: ssh.stderr, how, ours: login.failure ?? ours });
      const channel = await SftpChannel.open(ssh, toError);
      login.keep();
      this.reached = true;
      this.channels.push(channel);
      return channel;
    } finally {
      await login.close();
    }
  }

  private track(ssh: SshProcess): void {
    const { signal } = this.options;
    const end = (): void => void ssh.end();
    this.processes.add(ssh);
    signal?.addEventListener('abort', end, { once: true });
    ssh.ended.then(() => {
      this.processes.delete(ssh);
      signal?.removeEventListener('abort', end);
    });
    if (this.closed || signal?.aborted) end();
  }

  private target(): SshTarget {
    const { host, port, user } = this.location;
    const ssh = this.options.env['IACT_SSH'] || 'ssh';
    const words = [ssh, ...(port === undefined ? [] : ['-p', port]), ...(user === undefined ? [] : ['-l', user]), host];
    return { uri: this.uri, host, command: redactUrls(words.join(' ')), reached: this.reached };
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof IactError && error.retryable;
}
