import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { built, itNeeds } from '../support/require.ts';
import { type Run, startProgram } from '../support/running-program.ts';
import { type S3TestServer, startS3Server } from '../support/s3-server.ts';
import { simulatedStore } from '../support/store.ts';
import { noise } from './noise.ts';
import { normaliseStore } from './normalise-store.ts';
import { scratchDirectory } from './scratch-directory.ts';
import { storeInvariants } from './store-invariants.ts';
import { differences, readTree, type Tree, type TreeEntry } from './tree.ts';

const MIB = 1 << 20;
const PATIENCE = { timeout: 30_000 };
/** Three parts, of which the last one is short. */
const LARGE_BYTES = 17 * MIB + 17;
const KEY = 'bucket/stores/mine/';

/** A bucket, and a machine that pushes to it. */
class Place {
  private readonly server: S3TestServer;
  private readonly store: string;
  private readonly home: string;
  /** Requests of the push that runs, and at which of them it is killed. */
  private asked = 0;
  private killAt = Number.POSITIVE_INFINITY;
  private kill: (() => Promise<void>) | undefined;

  private constructor(server: S3TestServer, store: string, home: string) {
    this.server = server;
    this.store = store;
    this.home = home;
  }

  static async open(store: string, options: { opaqueTags: boolean }): Promise<Place> {
    const { folder, remove } = scratchDirectory();
    onTestFinished(remove);
    const server = await startS3Server(options);
    onTestFinished(() => server.stop());
    const place = new Place(server, store, folder);
    const before = async (): Promise<void> => {
      place.asked += 1;
      if (place.asked === place.killAt) await place.kill?.();
    };
    server.fail({ match: /^/, times: Number.POSITIVE_INFINITY, before });
    return place;
  }

  /** Kills the push at its request of this number, from 1. S3 does what has come whole by then. */
  async push(killAt = Number.POSITIVE_INFINITY): Promise<Run & { readonly requests: readonly string[] }> {
    const { server, home: cwd } = this;
    const since = server.requests.length;
    const env = { PATH: process.env['PATH'], HOME: cwd, XDG_STATE_HOME: cwd, ...server.env };
    const { kill, run } = startProgram('iact', ['push', this.store, `s3://${KEY}`], { cwd, env });
    Object.assign(this, { asked: 0, killAt, kill: () => kill('SIGKILL') });
    const ended = await run;
    await expect.poll(() => server.underWay, PATIENCE).toBe(0);
    return { ...ended, requests: server.requests.slice(since) };
  }

  /** What stands under its name, as files. */
  get tree(): Tree {
    const entries = [...this.server.store.objects].map(([key, { content, metadata }]): [string, TreeEntry] => {
      const time = metadata['x-amz-meta-mtime'];
      const mtimeMs = time === undefined ? undefined : Number(time) * 1000;
      return [key.slice(KEY.length), { kind: 'file', content, mode: 0o644, mtimeMs }];
    });
    return new Map(entries);
  }

  /** Numbers of the parts that S3 has of uploads under way. */
  get parts(): number[] {
    return [...this.server.store.uploads.values()].flatMap(({ parts }) => [...parts.keys()]);
  }

  /** What this machine has noted. */
  get notes(): string[] {
    const directory = join(this.home, 'iactools/push');
    return existsSync(directory) ? readdirSync(directory) : [];
  }
}

function partsOf(requests: readonly string[]): number[] {
  return requests.flatMap((line) => [...line.matchAll(/^PUT .*partNumber=(\d+)/g)].map(([, number]) => Number(number)));
}

describe.each([false, true])('iact push to S3 (ETags that are no MD5: %s)', (opaqueTags) => {
  itNeeds(built())(
    'killed at any request, and once more when it goes on, never shows half a file, and ends as if never killed',
    async () => {
      const { folder, remove } = scratchDirectory();
      onTestFinished(remove);
      const store = await simulatedStore(folder, { observations: 2 });
      await writeFile(join(folder, store.fileOf(store.ids[0] as number)), noise(LARGE_BYTES));
      const known = { before: new Map(), source: readTree(folder), replaces: true };
      const undisturbed = await Place.open(folder, { opaqueTags });
      const { status, requests } = await undisturbed.push();
      expect([status, partsOf(requests).sort()]).toEqual([0, [1, 2, 3]]);
      const wanted = normaliseStore(undisturbed.tree);
      expect(await storeInvariants(undisturbed.tree, known)).toEqual([]);
      // Only here and there, where most is as with the others.
      const step = opaqueTags ? 3 : 1;
      for (let at = 1; at <= requests.length; at += step) {
        const place = await Place.open(folder, { opaqueTags });
        const others = (at * 7) % requests.length;
        for (const killAt of [at, others + 1, Number.POSITIVE_INFINITY]) {
          const there = place.parts;
          const run = await place.push(killAt);
          const moment = `killed at request ${at}, then ${others + 1}: ${run.requests.join('\n')}\n${run.stderr}`;
          expect(await storeInvariants(place.tree, known), moment).toEqual([]);
          // Where the ETag does not tell, what S3 took as the push was killed is sent again.
          const twice = partsOf(run.requests).filter((number) => there.includes(number));
          if (!opaqueTags) expect(twice, moment).toEqual([]);
          if (killAt === Number.POSITIVE_INFINITY) expect(run.status, moment).toBe(0);
        }
        expect(differences(normaliseStore(place.tree), wanted), `killed at ${at}`).toEqual([]);
        // An upload that was never told of has no parts, and costs nobody anything.
        expect([place.parts, place.notes], `killed at ${at}`).toEqual([[], []]);
      }
    },
    600_000,
  );
});
