import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctoolsSample } from '../../../test/support/ctools-samples.ts';
import { itNeeds } from '../../../test/support/require.ts';
import { ALWAYS, EXPLICIT, Log, type LogOptions, NORMAL, TERSE, VERBOSE } from './log.ts';
import { openLogFile } from './sink.ts';

/** A log kept in memory, with the clock standing. */
function memoryLog(options: Partial<LogOptions> = {}): { log: Log; lines(): string[] } {
  const lines: string[] = [];
  const log = new Log({
    program: 'demo',
    version: '1',
    chatter: 2,
    framed: false,
    sinks: [{ write: (line) => void lines.push(line), close: () => {} }],
    parameters: () => [],
    now: () => new Date('2026-11-22T07:38:44Z'),
    cpuSeconds: () => 0.5,
    ...options,
  });
  return { log, lines: () => lines.map((line) => line.slice('2026-11-22T07:38:44: '.length, -1)) };
}

/** A real log without times, and with the last line cut where ours ends. */
function sampleLines(path: string): string[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) =>
    line.slice('2026-11-22T07:38:44: '.length).replace(/ and generating a carbon footprint.*$/, '.'),
  );
}

const csiactdata = ctoolsSample('csiactdata.chatter2.log');
const csiactcopy = ctoolsSample('csiactcopy.runlist.chatter4.log');

describe('Log', () => {
  itNeeds(csiactdata)('Log writes every line as the log of a real csiactdata has it', () => {
    const shown = {
      datapath: 'hess_dl3_dr1',
      master_indx: 'master.json',
      chatter: '2',
      clobber: 'yes',
      debug: 'no',
      mode: 'ql',
      logfile: 'csiactdata.log',
    };
    const { log, lines } = memoryLog({
      program: 'csiactdata',
      version: '2.1.0.dev',
      framed: true,
      parameters: () => Object.entries(shown).map(([name, text]) => ({ name, shown: text })),
      cpuSeconds: () => 0.0207047,
    });
    log.parameters();
    log.header1(TERSE, 'Data storage entries');
    log.value(TERSE, 'Master index file', 'hess_dl3_dr1/master.json');
    log.line(ALWAYS, '');
    log.header2(ALWAYS, 'Available data configs');
    log.header3(TERSE, 'hess_dl3_dr1');
    log.value(TERSE, 'Name', 'hess_dl3_dr1');
    log.value(TERSE, 'Observation index', 'obs-index.fits.gz');
    log.value(TERSE, 'HDU index', 'hdu-index.fits.gz');
    log.value(TERSE, 'Total observations', 105);
    log.value(TERSE, 'Total time', '48.6 hours');
    log.header3(TERSE, 'ghost');
    log.line(TERSE, ' Not available');
    log.close();
    expect(lines()).toEqual(sampleLines(csiactdata.path));
  });

  itNeeds(csiactcopy)('Log writes texts of several lines, booleans and units as a real csiactcopy', () => {
    const { log, lines } = memoryLog({ program: 'csiactcopy', version: '2.1.0.dev', chatter: 4, framed: true });
    const sample = sampleLines(csiactcopy.path);
    log.header1(VERBOSE, 'Copying files');
    log.header3(VERBOSE, 'Copy file');
    log.value(VERBOSE, 'Already exists', false);
    log.value(VERBOSE, 'Overwrite', true);
    log.header3(TERSE, 'Content of master index');
    log.line(TERSE, 'hess_dl3_dr1\n');
    log.value(NORMAL, 'Size', '2.09', 'MB');
    const written = lines();
    expect(written.slice(0, 5)).toEqual(sample.slice(0, 5));
    expect(written.slice(5, 9)).toEqual(['', ...sample.slice(sample.indexOf('| Copying files |') - 1).slice(0, 3)]);
    for (const line of written) expect(sample).toContain(line);
    expect(written.slice(-4, -1)).toEqual(['=== Content of master index ===', 'hess_dl3_dr1', '']);
  });

  it.each([
    [0, ['0']],
    [1, ['0', '1']],
    [2, ['0', '1', '2']],
    [3, ['0', '1', '2', '3']],
    [4, ['0', '1', '2', '3', '4']],
  ])('Log with chatter %d shows the levels %j', (chatter, levels) => {
    const { log, lines } = memoryLog({ chatter });
    for (const level of [ALWAYS, TERSE, NORMAL, EXPLICIT, VERBOSE] as const) log.line(level, String(level));
    expect(lines()).toEqual(levels);
  });

  it('Log without frame has neither header block nor trailer', () => {
    const { log, lines } = memoryLog({ framed: false });
    log.line(ALWAYS, 'only');
    log.close();
    expect(lines()).toEqual(['only']);
  });

  it('Log counts wall clock time in differences of whole seconds', () => {
    const times = ['2026-11-22T07:38:44.900Z', '2026-11-22T07:38:46.100Z'].map((time) => new Date(time));
    const last = times[1] ?? new Date(0);
    const { log, lines } = memoryLog({ framed: true, now: () => times.shift() ?? last });
    log.close();
    expect(lines().at(-1)).toContain('terminated after 2 wall clock seconds, consuming 0.5 seconds');
  });

  it('Log shows null as None', () => {
    const { log, lines } = memoryLog();
    log.value(TERSE, 'Nothing', null);
    expect(lines()[0]).toMatch(/: None$/);
  });
});

describe('openLogFile()', () => {
  const inDirectory = (body: (directory: string) => void): void => {
    const directory = mkdtempSync(join(tmpdir(), 'iact-log-'));
    try {
      body(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };

  it('openLogFile() truncates, and has every line on disk at once', () => {
    inDirectory((directory) => {
      const path = join(directory, 'x.log');
      const warnings: string[] = [];
      const warn = (message: string): void => void warnings.push(message);
      openLogFile(path, 'x.log', warn)?.write('old\nold\n');
      const sink = openLogFile(path, 'x.log', warn);
      sink?.write('first é\n');
      expect(readFileSync(path, 'utf8')).toBe('first é\n');
      sink?.close();
      sink?.write('after the end\n');
      expect(readFileSync(path, 'utf8')).toBe('first é\n');
      expect(warnings).toEqual([]);
    });
  });

  it('openLogFile() warns once, with the path as it was given, when the file cannot be opened', () => {
    inDirectory((directory) => {
      const warnings: string[] = [];
      const sink = openLogFile(join(directory, 'no', 'x.log'), 'no/x.log', (message) => void warnings.push(message));
      expect(sink).toBeUndefined();
      expect(warnings).toEqual([
        'Cannot write the log file "no/x.log" (no such file or directory): going on without it.',
      ]);
    });
  });

  it.runIf(existsSync('/dev/full'))('openLogFile() warns once when the disk is full, and goes on', () => {
    const warnings: string[] = [];
    const sink = openLogFile('/dev/full', 'x.log', (message) => void warnings.push(message));
    sink?.write('one\n');
    sink?.write('two\n');
    sink?.close();
    expect(warnings).toEqual(['Cannot write the log file "x.log" (no space left on device): going on without it.']);
  });
});

describe('Log, of hostile names', () => {
  it('writes nothing that a terminal obeys, and leaves tabs and the lines of a text', () => {
    const { log, lines } = memoryLog();
    log.line(NORMAL, 'a\u001b[2J\tb\nc\u009bd');
    log.value(NORMAL, 'Note', 'one\rtwo\u202e');
    log.header3(NORMAL, 'x\u0007');
    expect(lines()).toEqual([
      'a\\u001b[2J\tb',
      'c\\u009bd',
      ' Note ......................: one\\rtwo\\u202e',
      '=== x\\u0007 ===',
    ]);
  });
});
