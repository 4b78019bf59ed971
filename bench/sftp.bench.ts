import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Link } from '../test/support/link.ts';
import { startLinkProcess } from '../test/support/link-process.ts';
import { sshd, startSshd, type TestSshd } from '../test/support/sshd.ts';
import { LINK, largeBytes, storeOf105, storeOfOne } from './far-store.ts';
import { type BenchOptions, compare, ms, peakMegabytesOf, program, secondsOf, verdict } from './harness.ts';
import { sshPrograms } from './vs/ssh-programs.ts';

/** A store on a far server by SFTP: 50 ms and 1 Gbit/s. Ours verifies and syncs what it writes; the others do not. */
export async function* run(options: BenchOptions): AsyncGenerator<string> {
  const lacking = sshd().find(({ present }) => !present);
  if (lacking !== undefined) {
    yield `skipped: ${lacking.what} is missing`;
    return;
  }
  const directory = join(options.folder, 'sshd');
  mkdirSync(directory);
  let link: Link | undefined;
  const clientPort = async (port: number): Promise<number> => {
    link = await startLinkProcess({ ...LINK, port });
    return link.port;
  };
  const server = await startSshd({ directory, clientPort });
  try {
    yield* manyFiles(options, server, link?.port ?? 0);
    yield* oneFile(options, server, link?.port ?? 0);
  } finally {
    await server.stop();
    await link?.stop();
  }
}

function rivalsFor(store: string, { folder }: BenchOptions, { directory }: TestSshd, port: number) {
  const file = (name: string): string => join(directory, name);
  const [config, key, knownHosts] = [file('config'), file('id'), file('known_hosts')];
  return sshPrograms({ config, port, key, knownHosts, user: userInfo().username }, folder, store);
}

function ours(from: string, { folder }: BenchOptions, { env }: TestSshd) {
  const work = (to: string): void => {
    secondsOf(process.execPath, [program('iact'), 'copy', '--quiet', `sftp://store${from}`, to], folder, env);
  };
  return { name: 'iact copy', work };
}

async function* manyFiles(options: BenchOptions, server: TestSshd, port: number): AsyncGenerator<string> {
  const { folder, quick } = options;
  const store = await storeOf105(options);
  const rivals = rivalsFor(store.path, options, server, port);
  for (const { name, missing } of rivals) if (missing !== undefined) yield `skipped ${name}: ${missing}`;
  const present = rivals.filter(({ missing }) => missing === undefined);
  const place = join(folder, 'many');
  mkdirSync(place);
  const entrants = [ours(store.path, options, server), ...present.map(({ name, copy }) => ({ name, work: copy }))];
  const seconds = await compare(place, quick ? 1 : 3, entrants);
  yield `${store.name}: ${[...seconds].map(([name, value]) => `${name} ${ms(value)}`).join(', ')}`;
  const mine = seconds.get('iact copy') ?? Number.NaN;
  for (const { name } of present) {
    const theirs = seconds.get(name) ?? Number.NaN;
    if (name === 'tar over ssh') yield `iact copy / ${name}: ${verdict(mine / theirs, 'at most', 1.2)}`;
    else if (name === 'sshfs and cp') yield `${name} / iact copy: ${verdict(theirs / mine, 'at least', 10)}`;
    else yield `iact copy / ${name}: ${(mine / theirs).toFixed(2)}`;
  }
}

async function* oneFile(options: BenchOptions, server: TestSshd, port: number): AsyncGenerator<string> {
  const { folder, quick } = options;
  const store = await storeOfOne(options);
  const rsync = rivalsFor(store, options, server, port).find(({ name }) => name === 'rsync');
  const place = join(folder, 'one');
  mkdirSync(place);
  const mega = largeBytes(quick) / 1e6;
  if (rsync?.missing !== undefined) yield `skipped rsync: ${rsync.missing}`;
  else if (rsync !== undefined) {
    const entrants = [ours(store, options, server), { name: 'rsync', work: rsync.copy }];
    const seconds = await compare(place, quick ? 1 : 3, entrants);
    const [mine, theirs] = ['iact copy', 'rsync'].map((name) => mega / (seconds.get(name) ?? Number.NaN));
    yield `one file of ${mega} MB: iact copy ${mine?.toFixed(0)} MB/s, rsync ${theirs?.toFixed(0)} MB/s; of its rate ${verdict((mine ?? 0) / (theirs ?? 0), 'at least', 0.8)}`;
  }
  const args = ['copy', '--quiet', `sftp://store${store}`, join(place, 'memory')];
  const peak = peakMegabytesOf('iact', args, folder, server.env);
  yield `peak memory for it, in MB: ${verdict(peak, 'at most', 200)}`;
}
