import { posix } from 'node:path';
import { type IndexRows, readIndex } from './read-index.ts';
import type { Known } from './scenario.ts';
import type { Tree, TreeFile } from './tree.ts';

interface IndexPair {
  readonly name: string;
  readonly hdu: string;
  readonly obs: string;
}

const MASTER = 'master.json';

export interface KnownCopy extends Known {
  /** Whether what is there gives way (`clobber=yes`). */
  readonly replaces: boolean;
  /** Which files of before may go, once no index names them; none by default. */
  readonly removes?: ((path: string) => boolean) | undefined;
}

/**
 * What is wrong with a destination of a copy after a crash, a line for each finding. The paths of all trees are relative
 * to the store.
 *
 * - A file under its final name is what the source holds, or what was there before.
 * - What was there before is there.
 * - The master index and the index files can be read. A dataset that is listed has both; no index names a file that is
 *   absent, or is neither what the source holds nor one that was to be kept; every observation of the observation index
 *   is in the HDU index.
 * - Anything else is the state of an unfinished copy, and named as such.
 */
export async function storeInvariants(store: Tree, known: KnownCopy): Promise<string[]> {
  return new Judgement(store, known).run();
}

/** Whether a path belongs to a copy that is not finished. */
export function isUnfinished(path: string): boolean {
  return path.split('/').some((part) => part === '.iact' || part.startsWith('.iact-'));
}

class Judgement {
  private readonly store: Tree;
  private readonly before: Tree;
  private readonly source: Tree;
  private readonly replaces: boolean;
  private readonly removes: ((path: string) => boolean) | undefined;
  private readonly findings: string[] = [];

  constructor(store: Tree, { before, source, replaces, removes }: KnownCopy) {
    this.store = store;
    this.replaces = replaces;
    this.removes = removes;
    this.before = before;
    this.source = source;
  }

  async run(): Promise<string[]> {
    const listed = this.readMaster(this.store);
    const pairs = [...this.readMaster(this.source), ...this.readMaster(this.before), ...listed];
    const indexPaths = new Set(pairs.flatMap(({ hdu, obs }) => [hdu, obs].flatMap((path) => [path, `${path}.gz`])));
    for (const [path, entry] of this.store) {
      if (entry.kind === 'file' && !isUnfinished(path) && path !== MASTER && !indexPaths.has(path)) {
        this.judgeFile(path, entry);
      }
    }
    for (const [path, { kind }] of this.before) {
      const stays = kind === 'file' && !isUnfinished(path) && !this.removes?.(path);
      if (stays && !this.store.has(path)) this.find(`"${path}" is gone`);
    }
    for (const pair of pairs) await this.judgePair(pair, listed.includes(pair));
    return [...new Set(this.findings)];
  }

  private find(finding: string): void {
    this.findings.push(finding);
  }

  private judgeFile(path: string, { content }: TreeFile): void {
    const [wanted, former] = [fileOf(this.source, path), fileOf(this.before, path)];
    if (wanted?.content.equals(content) || former?.content.equals(content)) return;
    if (wanted === undefined && former === undefined) this.find(`"${path}" is neither of the source nor from before`);
    else this.find(`"${path}" is not what the source holds (${content.length} bytes)`);
  }

  private readMaster(tree: Tree): IndexPair[] {
    const content = fileOf(tree, MASTER)?.content;
    if (content === undefined) return [];
    try {
      const { datasets } = JSON.parse(content.toString()) as { datasets: Record<string, unknown>[] };
      const text = (value: unknown) => posix.normalize(String(value));
      return datasets.map(({ name, hduindx, obsindx }) => ({
        name: String(name),
        hdu: text(hduindx),
        obs: text(obsindx),
      }));
    } catch (error) {
      this.find(`"${MASTER}" cannot be read: ${error}`);
      return [];
    }
  }

  private async judgePair({ name, hdu, obs }: IndexPair, listed: boolean): Promise<void> {
    const [hduRows, obsRows] = [await this.readVisible(hdu), await this.readVisible(obs)];
    const formerObs = await rowsOf(this.before, obs);
    const formerHdu = await rowsOf(this.before, hdu);
    if (listed && !(hduRows && obsRows)) this.find(`the master index lists "${name}", whose index files are not there`);
    if (hduRows !== undefined) this.judgeNamedFiles(hdu, hduRows, formerHdu);
    if (obsRows === undefined) return;
    for (const id of obsRows.ids) {
      // Where files go, so do rows, and first those of the HDU index, as it is renewed first.
      const was = formerObs?.ids.has(id) && (this.removes !== undefined || !formerHdu?.ids.has(id));
      if (!hduRows?.ids.has(id) && !was) this.find(`"${obs}" lists observation ${id}, and the HDU index does not`);
    }
  }

  private judgeNamedFiles(index: string, rows: IndexRows, former: IndexRows | undefined): void {
    for (const file of rows.files) {
      const path = posix.join(posix.dirname(index), file);
      const entry = visibleFile(this.store, path);
      const wasAbsent = former?.files.has(file) && visibleFile(this.before, path) === undefined;
      if (entry === undefined) {
        if (!wasAbsent) this.find(`"${index}" names "${path}", which is not there`);
        continue;
      }
      const wanted = visibleFile(this.source, path)?.content;
      if (wanted === undefined || entry.content.equals(wanted)) continue;
      const wasNamed = former?.files.has(file) ?? false;
      const isFormer = visibleFile(this.before, path)?.content.equals(entry.content) ?? false;
      // A file that is only the beginning of that of the source is completed even where others are kept.
      const isKept = isFormer && (wasNamed || (!this.replaces && !isBeginning(entry.content, wanted)));
      if (!isKept) this.find(`"${index}" names "${path}", which is not what the source holds`);
    }
  }

  private async readVisible(path: string): Promise<IndexRows | undefined> {
    const entry = visibleFile(this.store, path);
    if (entry === undefined) return undefined;
    const rows = await readIndex(entry.content);
    if (!(rows instanceof Error)) return rows;
    this.find(`"${path}" cannot be read: ${rows.message}`);
    return undefined;
  }
}

function fileOf(tree: Tree, path: string): TreeFile | undefined {
  const entry = tree.get(path);
  return entry?.kind === 'file' ? entry : undefined;
}

/** As CFITSIO finds files: under the name itself or that with `.gz`. */
function visibleFile(tree: Tree, path: string): TreeFile | undefined {
  return fileOf(tree, path) ?? fileOf(tree, `${path}.gz`);
}

async function rowsOf(tree: Tree, path: string): Promise<IndexRows | undefined> {
  const entry = visibleFile(tree, path);
  const rows = entry && (await readIndex(entry.content));
  return rows instanceof Error ? undefined : rows;
}

/** Whether bytes are others' beginning, and not all of them. */
function isBeginning(short: Buffer, long: Buffer): boolean {
  return short.length < long.length && short.equals(long.subarray(0, short.length));
}
