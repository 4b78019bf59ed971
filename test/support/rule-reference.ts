import { listRules, type RuleDescription } from '../../src/ops/index.ts';

/** Rules by the first word of their codes, as far as these make a group. */
const GROUPS: readonly (readonly [title: string, begins: readonly string[]])[] = [
  ['Master index, indexes, files', ['master', 'index', 'obs', 'observation', 'path', 'file', 'hdu', 'event-count']],
  ['FITS', ['fits']],
  ['Keywords, columns, units', ['gadf']],
  ['Times', ['time', 'date', 'telapse', 'gti', 'ontime', 'livetime', 'dead', 'events']],
  ['Directions and events', ['coordinate', 'galactic', 'zenith', 'horizon', 'site', 'event', 'pointing']],
  ['Instrument responses', ['response', 'migration', 'psf', 'rad', 'table']],
];

const HEAD = `# Rules of iact check

Made from the rules themselves; \`npx vitest run test/rule-reference.test.ts -u\` writes it anew.

An **error** means that an analysis fails or gives a wrong result. A **warning** is against the specification, but tools
cope with it; or it is likely, and not certain, to be wrong. A **note** is allowed, and worth knowing. The severity of a
rule is that of the worst it finds; its text says what is less. Rules without "headers" need the data and have nothing to
do with \`--fast\`. **Repair** tells what \`--fix\` changes, and when; rules without it leave what they find as it is.
`;

/** The page \`docs/reference/rules.md\`. */
export function ruleReference(): string {
  const rules = listRules();
  const parts = GROUPS.map(([title, begins]) => {
    const own = rules.filter(({ code }) => groupOf(code) === title);
    return begins.length === 0 || own.length === 0 ? '' : `\n## ${title}\n${own.map(ruleText).join('')}`;
  });
  return HEAD + parts.join('');
}

function groupOf(code: string): string | undefined {
  const exact = GROUPS.find(([, begins]) => begins.includes(code));
  return (exact ?? GROUPS.find(([, begins]) => begins.includes(code.split('-')[0] ?? '')))?.[0];
}

function ruleText({ code, severity, title, detail, clause, fast, repairs }: RuleDescription): string {
  const facts = [severity, ...(fast ? ['headers'] : []), clause].join(' · ');
  const repair = repairs === null ? '' : `\n\n${wrap(`**Repair**: ${repairs}`)}`;
  return `\n### ${code}\n\n${title}\n\n${wrap(detail)}${repair}\n\n${wrap(facts)}\n`;
}

/** Lines of at most 120 characters. */
function wrap(text: string): string {
  return text.replace(/(.{1,118}\S)(?: +|$)/g, (_, line: string) => `${line}\n`).trimEnd();
}
