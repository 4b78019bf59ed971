import type { CardValue } from '../../fits/index.ts';
import type { HduFacts } from '../facts.ts';
import { SEVERITIES, type Severity } from '../finding.ts';
import type { KeywordSpec } from '../formats/index.ts';
import { headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const gadfKeywords: Rule = {
  code: 'gadf-keywords',
  severity: 'error',
  title: 'Keywords that the specification asks for are missing, or of the wrong type.',
  detail:
    'An error for those that results depend on: OBS_ID, the pointing, times with their reference, ONTIME, LIVETIME and ' +
    'DEADC. RA_PNT and DEC_PNT are not asked for where OBS_MODE is DRIFT; ALT_PNT and AZ_PNT are, then. A warning for ' +
    'those that describe. A note for the place of the observatory, which is encouraged only. Numbers in quotes, and ' +
    'integers with a fraction, are warnings. An empty text is a missing one.',
  clause: 'GADF v0.3, mandatory header keywords',
  checks: {
    hdu: (hdu, report) => {
      const { format, place } = hdu;
      if (format === undefined || hdu.scan.kind !== 'bintable') return;
      const clause = `GADF v0.3 ${format.clause}, mandatory header keywords`;
      for (const severity of SEVERITIES) {
        const missing = wantedKeywords(hdu, severity).filter(({ name }) => !isThere(hdu, name));
        const [first] = missing;
        if (first === undefined) continue;
        const names = missing.map(({ name }) => name).join(', ');
        report(place, {
          severity,
          clause,
          message: `The header of ${format.title} lacks ${names}.`,
          card: first.name,
          ...(missing.length > 1 && { count: missing.length }),
          wanted: names,
        });
      }
      for (const spec of format.keywords) {
        const { card } = { card: hdu.header.card(spec.name) };
        const fault = card?.value === undefined ? undefined : typeFault(card.value, spec);
        if (fault === undefined) continue;
        const found = typeof card?.value === 'string' ? `'${card.value}'` : String(card?.value);
        const severity = fault.isHarmless ? 'warning' : 'error';
        const message = `${spec.name} is ${found}, needed ${fault.wanted}.`;
        report(place, { severity, clause, card: spec.name, message, found, wanted: fault.wanted });
      }
    },
  },
};

function wantedKeywords({ format, header, version }: HduFacts, severity: Severity): KeywordSpec[] {
  const isDrift = headerText(header, 'OBS_MODE')?.toUpperCase() === 'DRIFT' && version !== '0.2';
  const inDrift: Readonly<Record<string, string>> = { RA_PNT: 'ALT_PNT', DEC_PNT: 'AZ_PNT' };
  return (format?.keywords ?? [])
    .filter(({ missing, since }) => missing === severity && (since === undefined || version === '0.3'))
    .map((spec) => ({ ...spec, name: (isDrift && inDrift[spec.name]) || spec.name }));
}

function isThere({ header }: HduFacts, name: string): boolean {
  const value = header.get(name);
  if (value !== undefined && value !== '') return true;
  // One number may stand for both parts of the reference; FITS 4.0 §8.3 has another name for the old RADECSYS.
  if (name === 'MJDREFI' || name === 'MJDREFF') return typeof header.get('MJDREF') === 'number';
  if (name === 'RADECSYS') return headerText(header, 'RADESYS') !== undefined;
  return false;
}

function typeFault(value: CardValue, { kind }: KeywordSpec): { wanted: string; isHarmless: boolean } | undefined {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (kind === 'text') return typeof value === 'string' ? undefined : { wanted: 'a text', isHarmless: true };
  const wanted = kind === 'int' ? 'an integer' : 'a number';
  if (!isNumber) {
    return { wanted, isHarmless: typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) };
  }
  const isWhole = typeof value === 'bigint' || Number.isInteger(value);
  return kind === 'int' && !isWhole ? { wanted, isHarmless: false } : undefined;
}
