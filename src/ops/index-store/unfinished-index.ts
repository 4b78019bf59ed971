import { IactError } from '../../core/index.ts';
import { type Destination, readText, type Source } from '../../storage/index.ts';
import { type FileToPublish, type PublishedFile, STATE_DIRECTORY } from '../../transfer/index.ts';
import { digestFile } from '../record-manifest.ts';

/** Where a store keeps which index files are about to be put in place, as long as they are. */
const UNFINISHED_PATH = `${STATE_DIRECTORY}/indexing.json`;

/** What an indexing that was interrupted has begun to put in place. */
export class UnfinishedIndex {
  /** SHA-256 by path. */
  private readonly digests: ReadonlyMap<string, string>;

  private constructor(digests: ReadonlyMap<string, string>) {
    this.digests = digests;
  }

  /** What an earlier indexing has left; `undefined` if none was interrupted. */
  static async read(source: Source): Promise<UnfinishedIndex | undefined> {
    if ((await source.stat(UNFINISHED_PATH))?.kind !== 'file') return undefined;
    try {
      const digests: unknown = JSON.parse(await readText(source, UNFINISHED_PATH));
      return new UnfinishedIndex(
        new Map(Object.entries(digests ?? {}).map(([path, digest]) => [path, String(digest)])),
      );
    } catch (error) {
      // Text that is no JSON tells of no file, so that none counts as its own.
      if (error instanceof SyntaxError || (error instanceof IactError && error.code === 'bad-data'))
        return new UnfinishedIndex(new Map());
      throw error;
    }
  }

  /** The file that tells of index files, to be put in place before them. */
  static announce(files: readonly Pick<PublishedFile, 'path' | 'sha256'>[]): FileToPublish {
    const digests = Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
    return { path: UNFINISHED_PATH, content: [new TextEncoder().encode(`${JSON.stringify(digests)}\n`)] };
  }

  static async forget(destination: Destination): Promise<void> {
    await destination.remove(UNFINISHED_PATH);
  }

  /** Whether a file is one that the interrupted indexing has put in place, so that it is nobody's loss. */
  async hasMade(destination: Destination, path: string): Promise<boolean> {
    const digest = this.digests.get(path);
    return digest !== undefined && (await digestFile(destination, path)).sha256 === digest;
  }
}
