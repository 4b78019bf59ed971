import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished } from 'vitest';
import { itNeeds, program } from '../../../test/support/require.ts';
import { type S3TestServer, startS3Server, TEST_KEY } from '../../../test/support/s3-server.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { bytesOf, contentOf } from '../testing/conformance.ts';
import { DEFAULT_RETRIES } from '../with-retries.ts';
import { S3Destination } from './s3-destination.ts';
import { S3Source } from './s3-source.ts';

const it = itNeeds(program('rclone'));
const run = promisify(execFile);
const LOCATION = { kind: 's3', bucket: 'bucket', key: 'store' } as const;

interface Place {
  readonly server: S3TestServer;
  readonly folder: string;
  rclone(...args: string[]): Promise<string>;
}

async function place(): Promise<Place> {
  const server = await startS3Server({ pageKeys: 3 });
  onTestFinished(() => server.stop());
  const folder = await tempDirectory();
  const config = join(folder, 'rclone.conf');
  const settings = `provider = Other\naccess_key_id = ${TEST_KEY.id}\nsecret_access_key = ${TEST_KEY.secret}`;
  await writeFile(config, `[s3]\ntype = s3\n${settings}\nendpoint = ${server.endpoint}\n`);
  const rclone = async (...args: string[]): Promise<string> => {
    const options = ['--config', config, '--retries', '1', '--low-level-retries', '1', '--cache-dir', folder];
    const { stdout } = await run('rclone', [...options, ...args], { env: { PATH: process.env['PATH'], HOME: folder } });
    return stdout;
  };
  return { server, folder, rclone };
}

// rclone sends files above --s3-upload-cutoff in parts of --s3-chunk-size.
const IN_PARTS = ['--s3-upload-cutoff', '6Mi', '--s3-chunk-size', '5Mi'];
const FILES: Readonly<Record<string, Uint8Array>> = {
  'master.json': bytesOf(300, 1),
  'data/run 1+é%41.fits': bytesOf(70_000, 2),
  'data/large.fits': bytesOf(20_000_000, 3),
  'data/deeper/x': bytesOf(0),
};
const MTIME_MS = 1_500_000_000_123;

describe('S3 and rclone', () => {
  it('S3Source reads what rclone has written, with its time', async () => {
    const { server, folder, rclone } = await place();
    for (const [path, content] of Object.entries(FILES)) {
      const file = join(folder, 'from', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      await utimes(file, MTIME_MS / 1000, MTIME_MS / 1000);
    }
    await rclone('copy', ...IN_PARTS, join(folder, 'from'), 's3:bucket/store');
    await rclone('check', join(folder, 'from'), 's3:bucket/store');
    const source = await S3Source.open(LOCATION, { env: server.env });
    onTestFinished(() => source.close());
    for (const [path, content] of Object.entries(FILES)) {
      const expected = await source.stat(path);
      expect(expected?.mtimeMs, path).toBeCloseTo(MTIME_MS, 1);
      expect(Buffer.compare(await contentOf(source, path, expected && { expected }), content), path).toBe(0);
    }
    expect(await source.list('data')).toEqual([
      { name: 'deeper', kind: 'directory' },
      { name: 'large.fits', kind: 'file' },
      { name: 'run 1+é%41.fits', kind: 'file' },
    ]);
  });

  it('rclone reads what S3Destination has written, with its time', async () => {
    const { server, folder, rclone } = await place();
    const destination = await S3Destination.open(LOCATION, { env: server.env }, DEFAULT_RETRIES);
    onTestFinished(() => destination.close());
    for (const [path, content] of Object.entries(FILES)) {
      const staged = await destination.stage(path, { sizeBytes: content.length });
      await staged.write(content);
      await staged.seal({ mtimeMs: MTIME_MS });
      await staged.publish();
    }
    await rclone('copy', 's3:bucket/store', join(folder, 'to'));
    for (const [path, content] of Object.entries(FILES)) {
      const file = join(folder, 'to', path);
      expect(Buffer.compare(await readFile(file), content), path).toBe(0);
      expect((await stat(file)).mtimeMs, path).toBeCloseTo(MTIME_MS, 1);
    }
    const listed = (await rclone('lsf', '-R', '--files-only', 's3:bucket/store')).trim().split('\n').sort();
    expect(listed).toEqual(Object.keys(FILES).sort());
    await destination.remove('data/deeper/x');
    expect(await rclone('lsf', 's3:bucket/store/data/')).not.toContain('deeper');
  });
});
