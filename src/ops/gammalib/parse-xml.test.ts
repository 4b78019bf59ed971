import { describe, expect, it } from 'vitest';
import { parseXml } from './parse-xml.ts';

describe('parseXml()', () => {
  it('parseXml() drops comments, instructions and blanks, and keeps order and text', async () => {
    const text = '\ufeff<?xml version="1.0"?><!-- c --><a b="1" c="&lt;&#65;"><!-- c --> <d/>\n t <![CDATA[<u>]]></a>';
    expect(await parseXml(text, 'x.xml')).toEqual({
      name: 'a',
      attributes: [
        ['b', '1'],
        ['c', '<A'],
      ],
      children: [{ name: 'd', attributes: [], children: [] }, 't', '<u>'],
    });
  });

  it.each([
    ['', 'x.xml'],
    ['no markup', 'x.xml'],
    ['<a>\n<b></a>', 'line 2'],
    ['<a/><b/>', 'line 1'],
    ['<a x=1/>', 'line 1'],
    ['<a x="1" x="2"/>', 'line 1'],
    ['<a>', 'x.xml'],
    ['<!DOCTYPE a [<!ENTITY e SYSTEM "/etc/passwd">]><a>&e;</a>', 'entity not found'],
  ])('parseXml() refuses %j and names the place', async (text, place) => {
    const error = await parseXml(text, 'x.xml').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'bad-data', uri: 'x.xml' });
    expect(String(error)).toContain('"x.xml" is no well-formed XML');
    expect(String(error)).toContain(place);
    expect(String(error)).not.toContain('caused');
  });

  it('parseXml() refuses nesting that would exhaust the stack', async () => {
    await expect(parseXml('<a>'.repeat(20_000) + '</a>'.repeat(20_000), 'x.xml')).rejects.toThrow('200 levels');
  });
});
