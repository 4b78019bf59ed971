import { describe, expect, it } from 'vitest';
import { modelLibrary, modelsOfLibrary } from './model-library.ts';
import { parseXml } from './parse-xml.ts';
import { formatXml } from './xml.ts';

async function rewrite(models: string): Promise<string[]> {
  const root = await parseXml(`<source_library title="x">${models}</source_library>`, 'in.xml');
  const text = [...formatXml(modelLibrary(modelsOfLibrary(root, 'in.xml')))].join('');
  return text.split('\n').slice(2, -2);
}

describe('modelsOfLibrary()', () => {
  it('modelsOfLibrary() puts attributes into the order of gammalib, and prints numbers with 15 digits', async () => {
    const source = `<!-- gone --><source type="PointSource" tscalc="1" extra="e" name="Crab" ts="+3.0" id="1">
      <spectrum file="s.txt" type="PowerLaw">
        <parameter free="1" max="1000.0" min="1e-03" scale="1e6" value="+5.0" name="Pre"/>
        <parameter name="Index" value="-2.480" error="0.10" scale="1.0" min="-4.0" max="4.0" free="1"/>
        <parameter name="Pivot" value="0.30000000000000004" scale="1000000" free="0"/>
        <parameter name="Odd" value="abc" scale="1e999" unit="x" free="0"/>
      </spectrum>
    </source>`;
    expect(await rewrite(source)).toEqual([
      '  <source name="Crab" type="PointSource" id="1" ts="+3.0" tscalc="1" extra="e">',
      '    <spectrum file="s.txt" type="PowerLaw">',
      '      <parameter name="Pre" value="5" error="0" scale="1000000" min="0.001" max="1000" free="1" />',
      '      <parameter name="Index" value="-2.48" error="0.1" scale="1" min="-4" max="4" free="1" />',
      '      <parameter name="Pivot" value="0.3" scale="1000000" free="0" />',
      '      <parameter name="Odd" value="abc" scale="1e999" free="0" unit="x" />',
      '    </spectrum>',
      '  </source>',
    ]);
  });

  it('modelsOfLibrary() passes models of any type, at any depth', async () => {
    const source =
      '<source name="c" type="CompositeSource"><spectrum type="S"><a><b><c x="1">text</c></b></a></spectrum></source>';
    expect(await rewrite(source)).toEqual([
      '  <source name="c" type="CompositeSource" tscalc="0">',
      '    <spectrum type="S">',
      '      <a>',
      '        <b>',
      '          <c x="1">text</c>',
      '        </b>',
      '      </a>',
      '    </spectrum>',
      '  </source>',
    ]);
  });

  it.each([
    ['<source/>', 'Model 1 of "in.xml" has no name.'],
    ['<source name="a"/><source name="a"/>', '"in.xml" has two models of the name "a".'],
  ])('modelsOfLibrary() refuses %s', async (models, message) => {
    await expect(rewrite(models)).rejects.toThrow(message);
  });

  it('modelsOfLibrary() refuses a file of another kind', async () => {
    const root = await parseXml('<observation_list/>', 'in.xml');
    expect(() => modelsOfLibrary(root, 'in.xml')).toThrow('its root is <observation_list>, needed <source_library>');
  });
});
