import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_FILE_CARDS } from '../../src/fits/header-blocks.ts';
import { MAX_HEADER_CARDS } from '../../src/fits/index.ts';
import { MAX_JSON_DEPTH, MAX_JSON_VALUES, MAX_RUN_LIST_ENTRIES } from '../../src/gadf/index.ts';
import { MAX_READ_BYTES } from '../../src/ops/observation-hdus.ts';
import { MAX_INDEX_BYTES, MAX_INDEX_ROWS } from '../../src/ops/store-file.ts';
import { MAX_TEXT_BYTES } from '../../src/storage/index.ts';

const page = readFileSync(new URL('../../docs/reference/limits.md', import.meta.url), 'utf8');

describe('docs/reference/limits.md', () => {
  it.each([
    ['data of an index file', MAX_INDEX_BYTES],
    ['rows of an index table', MAX_INDEX_ROWS],
    ['records of a FITS header', MAX_HEADER_CARDS],
    ['records of all headers', MAX_FILE_CARDS],
    ['master index or run list', MAX_TEXT_BYTES],
    ['values in a master index', MAX_JSON_VALUES],
    ['levels of brackets', MAX_JSON_DEPTH],
    ['observations in a run list', MAX_RUN_LIST_ENTRIES],
    ['event list that', MAX_READ_BYTES['events']],
    ['good time that', MAX_READ_BYTES['gti']],
  ])('tells the limit of %s', (what, limit) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${what}`)) ?? '';
    expect(row.split('|')[2]?.replace('B', '').trim()).toBe(String(limit));
  });
});
