import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDataset, hduIndexOf, indexPath, openStore, readIndexFile } from '../src/ops/index.ts';
import { type BenchOptions, median, ms, secondsOf, secondsOfProgram } from './harness.ts';

/** A run list of which the destination has half, out of a large store: ctools takes 186 s for 1,999 runs of 10,000.
 * How long a disk takes to make files varies by a factor of three here, so `cp` of as many files is timed beside it. */
export async function* run({ folder, quick }: BenchOptions): AsyncGenerator<string> {
  const [total, listed] = quick ? [200, 40] : [10_000, 2_000];
  const store = join(folder, 'store');
  secondsOfProgram('iact', ['simulate', store, '--observations', `${total}`, '--index-only'], folder);
  const ids = await fillWithFiles(store);
  writeFileSync(join(folder, 'half.lis'), ids.slice(0, listed / 2).join('\n'));
  writeFileSync(join(folder, 'all.lis'), ids.slice(0, listed).join('\n'));
  const copy = (list: string, ...more: string[]) =>
    secondsOfProgram(
      'csiactcopy',
      [
        `remote_master=${store}/master.json`,
        'prodname=simulated',
        'outpath=out',
        'logfile=NONE',
        `runlist=${list}`,
        ...more,
      ],
      folder,
    );
  for (const clobber of ['no', 'yes']) {
    const [first, merged, again, plain]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      rmSync(join(folder, 'out'), { recursive: true, force: true });
      secondsOf('sync', [], folder);
      first.push(copy('half.lis'));
      secondsOf('sync', [], folder);
      merged.push(copy('all.lis', `clobber=${clobber}`));
      again.push(copy('all.lis', 'clobber=no'));
      rmSync(join(folder, 'plain'), { recursive: true, force: true });
      mkdirSync(join(folder, 'plain'));
      secondsOf('sync', [], folder);
      plain.push(
        secondsOf(
          'sh',
          ['-c', `ls store/data | head -${listed} | sed 's|^|store/data/|' | xargs cp -t plain && sync`],
          folder,
        ),
      );
    }
    yield `clobber=${clobber}, median of ${first.length}: ${listed / 2} runs into nothing ${ms(median(first))}; ${listed} runs over them ${ms(median(merged))} (best ${ms(Math.min(...merged))}); once more, nothing to copy ${ms(median(again))}; cp of ${listed} such files and sync ${ms(median(plain))}`;
  }
}

/** Puts a file of 20 kB wherever the index names one. */
async function fillWithFiles(store: string): Promise<(number | string)[]> {
  const opened = await openStore(join(store, 'master.json'));
  const path = indexPath(opened, findDataset(opened, 'simulated'), 'hdu');
  const index = hduIndexOf(await readIndexFile(opened.source, path, 'HDU index file'));
  mkdirSync(join(store, 'data'), { recursive: true });
  const content = Buffer.alloc(20_000, 'x');
  for (const file of index.files().paths) writeFileSync(join(store, file), content);
  return [...new Set(Array.from({ length: index.ids.length }, (_, row) => index.ids.at(row)))];
}
