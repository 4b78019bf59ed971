import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from './parse-xml.ts';
import { formatXml, type XmlElement, xmlElement } from './xml.ts';

const format = (root: XmlElement): string => [...formatXml(root)].join('');

/** Text that is trimmed and not empty, of every character that XML holds, and of some that it does not. */
const characters = fc.oneof(
  fc.constantFrom('<', '>', '&', '"', "'", ']]>', '\u0000', '\u0007', '\ufffe', '\ud800'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc.array(characters, { minLength: 1, maxLength: 5 }).map((parts) => `x${parts.join('')}x`);
const attributes = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'name', 'value'), text), {
  selector: ([name]) => name,
  maxLength: 3,
});
const tree = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name: fc.constantFrom('source', 'parameter', 'node'),
    attributes,
    children: fc.oneof(
      { maxDepth: 3 },
      fc.constant([]),
      text.map((each) => [each]),
      fc.array(tie('element'), { maxLength: 3 }),
    ),
  }),
})).element;

/** What XML makes of a text: characters that it cannot hold are replaced; in content, line ends are LF. */
function held(value: string, isContent: boolean): string {
  const kept = [...value].map((each) =>
    /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u.test(each) ? '\ufffd' : each,
  );
  return isContent ? kept.join('').replace(/\r\n?/g, '\n') : kept.join('');
}

function expected({ name, attributes: given, children }: XmlElement): XmlElement {
  return {
    name,
    attributes: given.map(([key, value]) => [key, held(value, false)]),
    children: children.map((child) => (typeof child === 'string' ? held(child, true) : expected(child))),
  };
}

describe('formatXml()', () => {
  it('formatXml() indents by two blanks, and ends empty elements as gammalib does', () => {
    const root = xmlElement(
      'a',
      [['x', '1']],
      [xmlElement('b', [], [xmlElement('c', [['y', '']])]), xmlElement('d', [], ['t'])],
    );
    expect(format(root)).toBe(
      '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<a x="1">\n  <b>\n    <c y="" />\n  </b>\n  <d>t</d>\n</a>\n',
    );
  });

  it('formatXml() escapes the five characters of XML everywhere, and line breaks in attributes', () => {
    expect(format(xmlElement('a', [['x', `&<>"'\n\t`]], [`&<>"'`]))).toContain(
      '<a x="&amp;&lt;&gt;&quot;&apos;&#10;&#9;">&amp;&lt;&gt;&quot;&apos;</a>',
    );
  });

  it('formatXml() writes what parseXml() reads back, whatever the texts hold', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (root) => {
        expect(await parseXml(format(root), 'x.xml')).toEqual(expected(root));
      }),
    );
  });

  it('formatXml() writes what Python reads', () => {
    const documents = fc.sample(tree, { numRuns: 200, seed: 3 }).map(format);
    const script =
      'import json, sys\nfrom xml.etree import ElementTree as E\nfor d in json.load(sys.stdin): E.fromstring(d.encode())';
    const run = spawnSync('python3', ['-c', script], { input: JSON.stringify(documents), encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
  });
});
