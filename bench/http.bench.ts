import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AdaptiveLimit, copyStore, openStore } from '../src/ops/index.ts';
import { startLinkProcess } from '../test/support/link-process.ts';
import { startNginx } from '../test/support/nginx.ts';
import { LINK, largeBytes, storeOf105, storeOfOne } from './far-store.ts';
import {
  type BenchOptions,
  compare,
  isInstalled,
  ms,
  peakMegabytesOf,
  program,
  secondsOf,
  verdict,
} from './harness.ts';

/** A file takes one request: its answer tells what the file is. */
const REQUESTS = 1;

/** A store on a far web server: 50 ms and 1 Gbit/s. */
export async function* run(options: BenchOptions): AsyncGenerator<string> {
  if (!isInstalled('nginx')) {
    yield 'skipped: nginx is not installed';
    return;
  }
  yield* manyFiles(options);
  yield* oneFile(options);
}

async function serve<T>(root: string, use: (url: string) => Promise<T>): Promise<T> {
  const server = await startNginx(root);
  const link = await startLinkProcess({ ...LINK, port: server.port });
  try {
    return await use(`http://127.0.0.1:${link.port}/`);
  } finally {
    await link.stop();
    await server.stop();
  }
}

async function* manyFiles(options: BenchOptions): AsyncGenerator<string> {
  const { folder, quick } = options;
  const store = await storeOf105(options);
  const place = join(folder, 'many');
  mkdirSync(place);
  let last: Copied | undefined;
  const byEngine = async (url: string, to: string): Promise<void> => {
    last = await copyByEngine(url, to);
  };
  const seconds = await serve(store.path, (url) =>
    compare(place, quick ? 1 : 7, [
      { name: 'engine', work: (to) => byEngine(url, to) },
      {
        name: 'iact copy',
        work: (to) => void secondsOf(process.execPath, [program('iact'), 'copy', '--quiet', url, to], folder),
      },
    ]),
  );
  if (last === undefined) throw new Error('nothing was copied');
  const { files, bytes, reads } = last;
  const transfer = bytes / LINK.bytesPerSecond;
  const trips = (files * REQUESTS * LINK.roundTripMs) / 1000 / reads;
  const bound = Math.max(transfer, trips);
  yield `${store.name}: ${[...seconds].map(([name, value]) => `${name} ${ms(value)}`).join(', ')}; least time that ${reads} reads at once allow: ${ms(bound)}`;
  for (const [name, value] of seconds) yield `${name} / least time: ${verdict(value / bound, 'at most', 1.5)}`;
}

interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** Reads under way at once, in the end. */
  readonly reads: number;
}

async function copyByEngine(place: string, destination: string): Promise<Copied> {
  const store = await openStore(place, { env: process.env, readsMuch: true });
  let limit: AdaptiveLimit | undefined;
  const dataset = store.master.datasets[0]?.name ?? '';
  const result = await copyStore({
    store,
    dataset,
    destination,
    prefer: 'remote',
    program: 'bench',
    onLimit: (found) => {
      limit = found;
    },
  });
  await store.source.close();
  return { files: result.filesCopied, bytes: result.bytesCopied, reads: limit?.current ?? 1 };
}

async function* oneFile(options: BenchOptions): AsyncGenerator<string> {
  const { folder, quick } = options;
  const store = await storeOfOne(options);
  const place = join(folder, 'one');
  mkdirSync(place);
  const peakOf = (from: string, to: string): number =>
    peakMegabytesOf('iact', ['copy', '--quiet', from, join(place, to)], folder);
  const peaks = [
    ['over HTTP', await serve(store, async (url) => peakOf(url, 'http'))],
    ['from disk to disk', peakOf(store, 'disk')],
  ] as const;
  for (const [way, peak] of peaks) {
    yield `peak memory for a file of ${largeBytes(quick) / 1e6} MB ${way}, in MB: ${verdict(peak, 'at most', 200)}`;
  }
}
