import { readFileSync } from 'node:fs';
import { loadParameters, valuesToSave } from '../../src/ctools/params/load.ts';
import { parseParFile, renderParFile } from '../../src/ctools/params/par-file.ts';
import { pythonText } from '../../src/ctools/programs/python-text.ts';
import { compileExpression, FUNCTION_NAMES } from '../../src/expr/index.ts';
import { sampleTable } from '../../src/expr/testing/sample-table.ts';
import {
  formatJson,
  formatMasterIndex,
  parseJson,
  parseMasterIndex,
  parseRunList,
  withDatasets,
} from '../../src/gadf/index.ts';
import { exprTable } from '../../src/ops/index.ts';
import { simulatedFiles } from './corpus.ts';
import { attempt, bytesOf, demand, type FuzzTarget, textOf } from './target.ts';

const packaged = (name: string): string => readFileSync(new URL(`../../syspfiles/${name}`, import.meta.url), 'utf8');

/** JSON, and master indexes. */
export const jsonTarget: FuzzTarget = {
  name: 'json',
  corpus: [
    simulatedFiles().get('master.json') ?? new Uint8Array(0),
    bytesOf(
      '{"datasets": [{"name": "a\\u00e9\\n", "hduindx": "x", "obsindx": "y", "n": [48.0, -1e-3, NaN, null, true]}]}',
    ),
  ],
  words: [
    '[',
    ']',
    '{',
    '}',
    '"',
    ':',
    ',',
    '\\u',
    '\\ud800',
    '\\',
    'null',
    'true',
    '-Infinity',
    '1E5',
    '\ufeff',
    '[[[[[[[[',
    '{"a":',
  ],
  async run(input) {
    const text = textOf(input);
    const value = await attempt(() => parseJson(text, 'fuzz.json'));
    if (value !== undefined) {
      const written = formatJson(value);
      demand(formatJson(parseJson(written, 'again')) === written, 'what was written reads back the same');
      demand(!/[^\n -~]/.test(written), 'what is written is ASCII');
      pythonText(value);
    }
    const master = await attempt(() => parseMasterIndex(text, 'fuzz.json'));
    if (master !== undefined) formatMasterIndex(withDatasets(master, master.datasets));
    else if (value === undefined)
      await attempt(() => JSON.parse(text) as unknown).catch((error) =>
        demand(error instanceof SyntaxError, 'JSON.parse() fails, too'),
      );
  },
};

/** Parameter files of the user, read beside the packaged one. */
export const parTarget: FuzzTarget = {
  name: 'par',
  corpus: ['csiactcopy.par', 'csfindobs.par', 'csiactobs.par'].map((name) => bytesOf(packaged(name))),
  words: [
    '"',
    '""',
    ',',
    ', ',
    '\n',
    '\r\n',
    '#',
    '|',
    'INDEF',
    'NONE',
    'INF',
    'mode',
    ',,,,,,',
    'a',
    'ql',
    '\ufeff',
    '0|1|2',
  ],
  async run(input) {
    const user = await attempt(() => parseParFile(textOf(input), 'fuzz.par'));
    if (user === undefined) return;
    for (const name of ['csiactcopy.par', 'csfindobs.par']) {
      const system = parseParFile(packaged(name), name);
      const parameters = await attempt(() => loadParameters({ system, user, args: [], warn: () => undefined }));
      if (parameters === undefined) continue;
      const values = valuesToSave(system, parameters, () => undefined);
      const again = parseParFile(renderParFile(system, values), 'again');
      for (const { definition } of again.entries) {
        const value = values.get(definition.name);
        demand(
          value === undefined || definition.text === value,
          `the value ${JSON.stringify(value)} reads back the same`,
        );
      }
    }
    const own = new Map(user.entries.map(({ definition }) => [definition.name, definition.text]));
    const rendered = parseParFile(renderParFile(user, own), 'rendered');
    demand(rendered.entries.length === user.entries.length, 'a file that is written has the same parameters');
  },
};

/** Run lists. */
export const runListTarget: FuzzTarget = {
  name: 'runlist',
  corpus: ['# runs\n23523 \n23526\tCrab\r\n0023559\n+7 x\n2_3', 'run-1\nrun.2:a/b\n\n\n1e5'].map(bytesOf),
  words: [
    '\n',
    '\r',
    '\r\n',
    '\u2028',
    '\v',
    '#',
    ' ',
    '\t',
    '_',
    '+',
    '-',
    '\ufeff',
    '99999999999999999999',
    '\u0664',
    '\0',
  ],
  async run(input) {
    const text = textOf(input);
    const list = await attempt(() => parseRunList(text, 'fuzz.lis', { mayBeEmpty: true }));
    if (list === undefined) return;
    const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
    for (const { text: word, line, value } of list.entries) {
      demand(
        (lines[line - 1] ?? '').trim().split(/\s+/)[0] === word,
        `line ${line} begins with ${JSON.stringify(word)}`,
      );
      demand(value === undefined || Number.isSafeInteger(value), 'a value is a whole number');
    }
    const again = parseRunList(list.entries.map((entry) => `${entry.text} \n`).join(''), 'again', { mayBeEmpty: true });
    demand(again.entries.length === list.entries.length, 'a list that is written reads back the same');
  },
};

const table = exprTable(sampleTable(3, 12));
const NAMES = table.columns.map(({ name }) => name);

/** Row filters. */
export const filterTarget: FuzzTarget = {
  name: 'filter',
  corpus: [
    'OBS_ID > 3 && (SHORTS == #NULL || ISNULL(BYTES))',
    'ANGSEP(83.6, 22, LONGS, SHORTS) <= 2.5 ? 1 : SUM(SCALED)',
    "circle(0, 0, 5, LONGS, SHORTS) || 'Crab' == 'Crab'",
    'near(LONGS, 3, 0.5) .and. !(SHORTS ^ 2 >= {1, 2}[1])',
    `${'('.repeat(50)}1${')'.repeat(50)} == strmid('abc', 1, 2)`,
  ].map(bytesOf),
  words: [
    ...NAMES,
    ...FUNCTION_NAMES.map((name) => `${name}(`),
    ...'+-*/%^&|~!?:=<>,()[]{}#$.\'"',
    '&&',
    '||',
    '1e308',
    '{',
    '((((',
    '-----',
    '!!!!',
    '? 1 : ',
    '99999999',
    '0x',
    'b01x',
  ],
  async run(input) {
    const resources = { readTable: () => exprTable(sampleTable(4, 5)), readText: () => textOf(input) };
    const text = textOf(input);
    await attempt(() => compileExpression(text, table, { resources, seed: 1 }).evaluate(table));
    // The same text as the content of a region file.
    await attempt(() =>
      compileExpression("regfilter('x.reg', LONGS, SHORTS)", table, { resources, seed: 1 }).evaluate(table),
    );
  },
};
