import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../test/support/require.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { runIact } from './testing/run-iact.ts';

async function script(shell: string): Promise<string> {
  const { stdout, status, stderr } = await runIact(['completion', shell]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

const COMMANDS = [
  'ls',
  'find',
  'show',
  'diff',
  'check',
  'copy',
  'push',
  'verify',
  'init',
  'index',
  'merge',
  'simulate',
  'completion',
];

/** What bash offers for words, the last of which is being typed. */
async function offers(...words: string[]): Promise<string[]> {
  const folder = await tempDirectory();
  await mkdir(join(folder, 'a store'));
  await writeFile(join(folder, 'a store.txt'), '');
  await writeFile(join(folder, 'script'), await script('bash'));
  const line = [
    'source ./script',
    'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
    '_iact',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is bash
    'for each in "${COMPREPLY[@]}"; do echo "$each"; done',
  ].join('\n');
  const run = spawnSync('bash', ['--norc', '-c', line, 'bash', 'iact', ...words], { cwd: folder, encoding: 'utf8' });
  expect([run.status, run.stderr.replace(/.*compopt: not currently.*\n/g, '')]).toEqual([0, '']);
  return run.stdout.split('\n').filter((each) => each !== '');
}

describe('iact completion bash', () => {
  it('offers commands', async () => {
    expect(await offers('')).toEqual(COMMANDS);
    expect(await offers('s')).toEqual(['show', 'simulate']);
    expect(await offers('--json', 'l')).toEqual(['ls']);
    expect(await offers('--color', 'never', 'l')).toEqual(['ls']);
  });

  it('offers options, of the command and of all', async () => {
    expect(await offers('find', '--f')).toEqual(['--format', '--force']);
    expect(await offers('find', 'x', '--qu')).toEqual(['--quality', '--quiet']);
    expect(await offers('--v')).toEqual(['--version', '--verbose']);
    expect(await offers('show', '--sort')).toEqual([]);
    expect(await offers('copy', 'x', '--d')).toEqual(['--dataset', '--delete', '--dry-run']);
    expect(await offers('push', '--a')).toEqual(['--anonymous']);
    expect(await offers('verify', '--fits')).toEqual(['--fits-checksum']);
  });

  it('offers the values of options and arguments', async () => {
    expect(await offers('find', '--format', '')).toEqual(['table', 'json', 'jsonl', 'csv', 'ids']);
    expect(await offers('find', '--format', '=', 'js')).toEqual(['json', 'jsonl']);
    expect(await offers('find', '--format', '=')).toEqual(['table', 'json', 'jsonl', 'csv', 'ids']);
    expect(await offers('simulate', 'x', '--psf', '')).toEqual(['psf_table', 'psf_3gauss']);
    expect(await offers('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await offers('find', '--where', '')).toEqual([]);
    expect(await offers('copy', '--only', 'e')).toEqual(['events', 'edisp']);
    for (const option of ['--bwlimit', '--dataset', '--endpoint', '--retries']) {
      expect(await offers('copy', option, '')).toEqual([]);
    }
    expect(await offers('find', '--sort', '-z', '')).toEqual(expect.arrayContaining(['a store']));
  });

  it('offers files and folders, also with blanks in their names', async () => {
    expect((await offers('ls', 'a')).sort()).toEqual(['a store', 'a store.txt']);
    expect(await offers('init', 'a')).toEqual(['a store']);
    expect((await offers('find', '-o', 'a')).sort()).toEqual(['a store', 'a store.txt']);
    expect(await offers('show', 'x', 'a')).toEqual([]);
    expect(await offers('diff', 'x', 'a store.')).toEqual(['a store.txt']);
    expect(await offers('diff', 'x', 'y', 'a store.')).toEqual([]);
    for (const before of [['x'], ['x', 'y'], ['x', '-o', 'z', 'y']]) {
      expect(await offers('merge', ...before, 'a store.')).toEqual(['a store.txt']);
    }
    expect(await offers('copy', 'a store.')).toEqual(['a store.txt']);
    expect(await offers('copy', 'x', 'a')).toEqual(['a store']);
    expect(await offers('push', 'x', 'a')).toEqual([]);
    expect((await offers('verify', 'x', '--against', 'a')).sort()).toEqual(['a store', 'a store.txt']);
    expect((await offers('copy', '--runlist', 'a')).sort()).toEqual(['a store', 'a store.txt']);
  });
});

describe('iact completion', () => {
  it.skipIf(!program('zsh').present)('zsh prints a script that zsh reads', async () => {
    const run = spawnSync('zsh', ['-n'], { input: await script('zsh'), encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
  });

  it.skipIf(!program('fish').present)('fish prints a script by which fish offers what fits', async () => {
    const lines = [await script('fish'), "complete -C 'iact find --format '", "complete -C 'iact s'"];
    const run = spawnSync('fish', ['--no-config', '-c', lines.join('\n')], { encoding: 'utf8' });
    const words = run.stdout.split('\n').map((line) => line.split('\t')[0]);
    expect(words.sort()).toEqual(['', 'csv', 'ids', 'json', 'jsonl', 'show', 'simulate', 'table']);
  });

  it.each([
    ['zsh', /^#compdef iact\n/],
    ['fish', /^complete -c iact /m],
  ])('%s names every command and option', async (shell, sign) => {
    const text = await script(shell);
    expect(text).toMatch(sign);
    for (const name of COMMANDS) expect(text).toContain(name);
    const options = ['no-size', 'galactic', 'shared-irfs', 'content', 'json', 'max-delete', 'bwlimit', 'against'];
    for (const option of [...options, 'endpoint']) expect(text).toContain(option);
    expect(text).toContain('table json jsonl csv ids');
    // A quote of a description must not end the word that it stands in.
    const words = text.replace(/^#.*$/gm, '').replaceAll(shell === 'fish' ? "\\'" : "'\\''", '');
    for (const line of words.split('\n')) expect((line.match(/'/g) ?? []).length % 2, line).toBe(0);
  });

  it('zsh offers options and arguments again that may be given several times', async () => {
    const text = await script('zsh');
    expect(text).toContain("'*:store:_files'");
    expect(text).toContain("'*--dataset=[this dataset; may be given");
    expect(text).toContain("'*--only=[");
    expect(text).toContain("'(--runlist)--runlist=[");
  });

  it('refuses a shell that it does not know', async () => {
    expect(await runIact(['completion', 'csh'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Allowed choices are bash, zsh, fish.'),
    });
  });
});
