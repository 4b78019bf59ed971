import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { main } from '../src/cli/index.ts';
import { EXIT_STATUS } from '../src/core/index.ts';

// What the documentation says must be so.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const filesIn = (directory: string, ending: string) =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .map((name) => join(directory, name));

/** Cells of the table rows of a page. */
function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');

describe('docs/reference/exit-status.md', () => {
  it('lists every code with its status', () => {
    const rows = tableRows(read('docs/reference/exit-status.md')).filter(([, code]) => code?.startsWith('`'));
    const listed = Object.fromEntries(rows.map(([status, code]) => [code?.replaceAll('`', ''), Number(status)]));
    expect(listed).toEqual(EXIT_STATUS);
  });
});

describe('docs/reference/ctools-differences.md', () => {
  const tests = [...filesIn('src', '.test.ts'), ...filesIn('test', '.test.ts')];
  const sources = tests
    .map((path) => read(path))
    .join('\n')
    .replace(/\\'/g, "'");
  const rows = tableRows(read('docs/reference/ctools-differences.md')).filter(([first]) => first !== 'ctools 2.1');

  it.each(rows.map((row) => [row[0] ?? '', row.at(-1) ?? '']))('names a test for: %s', (_, cell) => {
    const names = quoted(cell);
    expect(names).not.toEqual([]);
    for (const name of names) {
      const found = name.endsWith('.test.ts')
        ? tests.some((path) => path.endsWith(`/${name}`))
        : sources.includes(name);
      expect(found, name).toBe(true);
    }
  });
});

describe('docs/user/iact.md', () => {
  const page = read('docs/user/iact.md');

  async function help(...args: string[]): Promise<string> {
    let text = '';
    const stream = { write: (part: string) => (text += part) };
    await main([...args, '--help'], { stdout: stream, stderr: stream });
    return text;
  }

  const longOptions = (text: string) => new Set([...text.matchAll(/(--[a-z][a-z-]+)/g)].map(([, option]) => option));

  it('explains every command and option that there is, and no other', async () => {
    const commands = [...(await help()).matchAll(/^ {2}([a-z]+) .*[[<]/gm)].map(([, name]) => name ?? '');
    expect(commands).toEqual(expect.arrayContaining(['init', 'simulate']));
    const sections = page.split(/^## iact /m).slice(1);
    const explainedIn = (title: string) =>
      longOptions(page.split(/^## /m).find((section) => section.startsWith(title)) ?? '');
    const common = explainedIn('Options of all');
    common.delete('--format');
    const ofServers = explainedIn('Options for stores on servers');
    const [own = '', servers = '', ofAll = ''] = (await help('ls')).split(
      /Options for stores on servers:|Options of all commands:/,
    );
    expect([...common].sort()).toEqual([...longOptions(ofAll)].sort());
    expect([...ofServers].sort()).toEqual([...longOptions(servers)].sort());
    expect(own).toContain('--help');
    expect(sections.map((section) => section.split(' ')[0])).toEqual(commands.filter((name) => name !== 'help'));
    for (const section of sections) {
      const explained = longOptions(section.split(/^## /m)[0] ?? '');
      const there = longOptions(await help(section.split(' ')[0] ?? ''));
      for (const option of ['--help', ...common, ...ofServers]) {
        there.delete(option);
        explained.delete(option);
      }
      expect([...explained].sort()).toEqual([...there].sort());
    }
  });
});

describe('docs/user', () => {
  it.each(filesIn('syspfiles', '.par').map((path) => path.replace(/.*\/(.*)\.par/, '$1')))(
    '%s.md explains every parameter with its default',
    (program) => {
      const page = read(`docs/user/${program}.md`);
      const lines = read(`syspfiles/${program}.par`)
        .split('\n')
        .filter((line) => /^\w/.test(line));
      expect(lines.length).toBeGreaterThan(5);
      for (const line of lines) {
        const [name = '', , mode, value = ''] = line.split(',').map((field) => field.trim().replaceAll('"', ''));
        if (mode === 'h') expect(page).toContain(`(${name} = ${value})`);
        else expect(page).toContain(`\`${name} [`);
      }
    },
  );
});

describe('links of the pages', () => {
  it.each(['README.md', 'ARCHITECTURE.md', ...filesIn('docs', '.md')])('%s leads somewhere', (path) => {
    for (const [, target = ''] of read(path).matchAll(/\]\(([^)#:]+)\)/g)) {
      expect(existsSync(join(ROOT, dirname(path), target)), target).toBe(true);
    }
  });
});
