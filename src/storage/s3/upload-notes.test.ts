import { appendFile, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import { UploadNotes } from './upload-notes.ts';

const FILE = { sizeBytes: 10, mtimeMs: 1_500_000_000_123.5 };

async function somewhere(): Promise<string> {
  return join(await tempDirectory(), 'state', 'uploads.jsonl');
}

describe('UploadNotes', () => {
  it('tells later processes what was begun and has not ended', async () => {
    const path = await somewhere();
    const notes = new UploadNotes(path, 'here');
    await notes.begun({ key: 'a', id: '1', ...FILE });
    await notes.begun({ key: 'b', id: '2', sizeBytes: undefined, mtimeMs: undefined });
    await notes.partTaken('1', 3, { md5: 'm', tag: '"t"' });
    await notes.ended('2');
    await notes.close();
    const later = new UploadNotes(path, 'here');
    const parts = new Map([[3, { md5: 'm', tag: '"t"' }]]);
    expect(await later.uploads()).toMatchObject([{ key: 'a', id: '1', ...FILE, parts }]);
    expect(await new UploadNotes(path, 'there').uploads()).toEqual([]);
  });

  it('passes over a line that was cut off, and goes on in one of its own', async () => {
    const path = await somewhere();
    const notes = new UploadNotes(path, 'here');
    await notes.begun({ key: 'a', id: '1', ...FILE });
    await notes.close();
    await appendFile(path, '{"upload":"2","ser');
    const later = new UploadNotes(path, 'here');
    await later.begun({ key: 'c', id: '3', ...FILE });
    await later.close();
    expect((await new UploadNotes(path, 'here').uploads()).map(({ id }) => id)).toEqual(['1', '3']);
  });

  it('is not there where nothing is to be noted, and goes with the last upload', async () => {
    const path = await somewhere();
    const notes = new UploadNotes(path, 'here');
    expect(await notes.uploads()).toEqual([]);
    await notes.tidy();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await notes.begun({ key: 'a', id: '1', ...FILE });
    await notes.tidy();
    expect((await stat(path)).isFile()).toBe(true);
    await notes.ended('1');
    await notes.tidy();
    expect(await readdir(join(path, '../..'))).toEqual([]);
    // And comes back.
    await notes.begun({ key: 'a', id: '4', ...FILE });
    expect((await new UploadNotes(path, 'here').uploads()).map(({ id }) => id)).toEqual(['4']);
    await notes.close();
  });

  it('stays where there is an upload to another service', async () => {
    const path = await somewhere();
    const notes = new UploadNotes(path, 'here');
    await notes.begun({ key: 'a', id: '1', ...FILE });
    await notes.close();
    await new UploadNotes(path, 'there').tidy();
    expect(await new UploadNotes(path, 'here').uploads()).toHaveLength(1);
  });

  it('follows no link, names the file, and takes notes again when that is mended', async () => {
    const path = await somewhere();
    await mkdir(join(path, '..'));
    const elsewhere = join(path, '../elsewhere');
    await writeFile(elsewhere, '');
    const notes = new UploadNotes(path, 'here');
    await notes.uploads();
    await symlink(elsewhere, path);
    const error = { code: 'unwritable', message: expect.stringMatching(/^Cannot write ".*": .*symbolic link/) };
    await expect(notes.begun({ key: 'a', id: '1', ...FILE })).rejects.toMatchObject(error);
    expect((await stat(elsewhere)).size).toBe(0);
    await expect(new UploadNotes(path, 'here').uploads()).rejects.toMatchObject(error);
    await rm(path);
    await notes.begun({ key: 'a', id: '2', ...FILE });
    await notes.close();
    expect((await new UploadNotes(path, 'here').uploads()).map(({ id }) => id)).toEqual(['2']);
  });
});
