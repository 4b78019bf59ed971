import type { CardValue } from '../../fits/index.ts';
import { isShownByColumns } from '../class-by-columns.ts';
import type { HduFacts } from '../facts.ts';
import { type CardChange, type Repair, SEVERITIES, type Severity } from '../finding.ts';
import type { KeywordSpec } from '../formats/index.ts';
import { headerText } from '../header-values.ts';
import { asksForLocalPointing, isDrift, LOCAL_AND_SKY } from '../observation-mode.ts';
import type { Rule } from '../rule.ts';

export const gadfKeywords: Rule = {
  code: 'gadf-keywords',
  severity: 'error',
  title: 'Keywords that the specification asks for are missing, or of the wrong type.',
  detail:
    'An error for those that results depend on: OBS_ID, the pointing, times with their reference, ONTIME, LIVETIME and ' +
    'DEADC. RA_PNT and DEC_PNT are not asked for where OBS_MODE is DRIFT; ALT_PNT and AZ_PNT are, then (before v0.3, ' +
    'which brought this, or without a version, a warning, and only if there is no RA_PNT and DEC_PNT either). A warning for ' +
    'those that describe. A note for the place of the observatory, which is encouraged only. Wrong types are an error ' +
    'where a missing keyword is one, but numbers in quotes are a warning. A card without a value, or with an empty text, ' +
    'counts as a missing one.',
  clause: 'GADF v0.3, mandatory header keywords',
  checks: {
    hdu: (hdu, report) => {
      const { format, place } = hdu;
      if (format === undefined || hdu.scan.kind !== 'bintable') return;
      const clause = `GADF v0.3 ${format.clause}, mandatory header keywords`;
      const told = new Set<string>();
      for (const severity of SEVERITIES) {
        const missing = wantedKeywords(hdu, severity).filter(({ name }) => !isThere(hdu, name));
        const empty = missing.filter(({ name }) => hdu.header.has(name));
        const absent = missing.filter((spec) => !empty.includes(spec));
        for (const { name } of empty) told.add(name);
        for (const [specs, what] of [
          [absent, (names: string) => `lacks ${names}`],
          [empty, (names: string) => `has ${names} without a value`],
        ] as const) {
          const [first] = specs;
          if (first === undefined) continue;
          const names = specs.map(({ name }) => name).join(', ');
          report(place, {
            severity,
            clause,
            message: `The header of ${format.title} ${what(names)}.`,
            card: first.name,
            ...(specs.length > 1 && { count: specs.length }),
            ...(specs === empty && { found: hdu.header.card(first.name)?.images[0]?.trimEnd() }),
            wanted: names,
            ...addedCards(hdu, specs),
          });
        }
      }
      for (const spec of format.keywords) {
        const card = hdu.header.card(spec.name);
        const fault = card?.value === undefined || told.has(spec.name) ? undefined : typeFault(card.value, spec);
        if (fault === undefined) continue;
        const found = typeof card?.value === 'string' ? `'${card.value}'` : String(card?.value);
        const severity = fault.isHarmless || spec.missing !== 'error' ? 'warning' : 'error';
        const message = `${spec.name} is ${found}, needed ${fault.wanted}.`;
        report(place, { severity, clause, card: spec.name, message, found, wanted: fault.wanted });
      }
    },
  },
  repairs:
    'HDUCLAS1 to HDUCLAS4 are added where the columns of the table tell them. HDUCLASS, HDUDOC and HDUVERS are added to event ' +
    'lists, good times and pointings if the other HDUs of the file that follow GADF agree in them.',
};

/** The class cards among missing ones whose values are certain. */
function addedCards(hdu: HduFacts, missing: readonly KeywordSpec[]): { repair?: Repair } {
  const cards = missing.flatMap(({ name }): CardChange[] => {
    const value = certainValue(hdu, name);
    const found = hdu.header.get(name) === '' ? '' : null;
    return value === undefined ? [] : [{ keyword: name, found, value }];
  });
  return cards.length === 0 ? {} : { repair: { kind: 'set-cards', cards } };
}

function certainValue(hdu: HduFacts, name: string): string | undefined {
  const { format, header, fileDeclares } = hdu;
  if (format === undefined || !isShownByColumns(hdu)) return undefined;
  const [, position] = /^HDUCLAS([1-4])$/.exec(name) ?? [];
  const values = position === undefined ? undefined : format.classes[Number(position) - 1];
  if (values !== undefined) return values.length === 1 ? values[0] : undefined;
  // What conventions a response follows, only its writer knows.
  const hduclass = headerText(header, 'HDUCLASS') ?? 'GADF';
  if (format.response !== undefined || format.hduClass === '' || hduclass !== 'GADF') return undefined;
  return fileDeclares?.[name];
}

function wantedKeywords(hdu: HduFacts, severity: Severity): KeywordSpec[] {
  const { format, header, version } = hdu;
  const drifts = isDrift(headerText(header, 'OBS_MODE'));
  const wanted = (format?.keywords ?? []).filter(({ since }) => since === undefined || version === '0.3');
  return wanted.map((spec) => (drifts ? inDrift(spec, hdu) : spec)).filter(({ missing }) => missing === severity);
}

/** An instrument that does not move has no pointing in the sky. */
function inDrift(spec: KeywordSpec, hdu: HduFacts): KeywordSpec {
  const [name] = LOCAL_AND_SKY.find(([, inSky]) => inSky === spec.name) ?? [];
  if (name === undefined) return spec;
  if (asksForLocalPointing(hdu)) return { ...spec, name };
  return hdu.header.has(spec.name) ? spec : { ...spec, name, missing: 'warning' };
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
