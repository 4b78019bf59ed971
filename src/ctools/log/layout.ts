import { formatGeneral } from '../../core/index.ts';

/** Width of the header block, and of the version inside it. */
const BLOCK_WIDTH = 80;
const VERSION_WIDTH = 68;
/** Name and dots of a value line together have this many bytes, so that values stand below each other. */
const LABEL_WIDTH = 26;

/** The five lines at the top of a log. */
export function headerBlock(program: string, version: string): string[] {
  const inner = BLOCK_WIDTH - 2;
  const surplus = Math.max(0, inner - program.length);
  const left = Math.ceil(surplus / 2);
  return [
    '*'.repeat(BLOCK_WIDTH),
    `*${' '.repeat(left)}${program}${' '.repeat(surplus - left)}*`,
    `* ${'-'.repeat(inner - 2)} *`,
    `* Version: ${version.padEnd(VERSION_WIDTH)}*`,
    '*'.repeat(BLOCK_WIDTH),
  ];
}

/** A title between two rules of `=` (header 1) or `-` (header 2): three lines. */
export function frame(title: string, rule: '=' | '-'): string[] {
  const edge = `+${rule.repeat(byteLength(title) + 2)}+`;
  return [edge, `| ${title} |`, edge];
}

/**
 * ` name ....: value`, the value in column 31.
 *
 * A name is counted in bytes of UTF-8, as in the logs users compare with; one of 26 bytes or more gets no dots.
 */
export function valueLine(name: string, value: string, unit?: string): string {
  const dots = '.'.repeat(Math.max(0, LABEL_WIDTH - byteLength(name)));
  return ` ${name} ${dots}: ${value}${unit === undefined ? '' : ` ${unit}`}`;
}

/** The last line of a log. `wallSeconds` is a whole number. */
export function trailer(program: string, wallSeconds: number, cpuSeconds: number): string {
  const cpu = formatGeneral(cpuSeconds, 6);
  return `Application "${program}" terminated after ${wallSeconds} wall clock seconds, consuming ${cpu} seconds of CPU time.`;
}

/** `YYYY-MM-DDTHH:MM:SS: `, always UTC. */
export function timePrefix(time: Date): string {
  return `${time.toISOString().slice(0, 19)}: `;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
