import type { DirectoryEntry } from '../contract.ts';
import { decoded } from './url-path.ts';

/** What the title or heading of a listing says: nginx, Apache, lighttpd; Python; npm's serve. */
const TITLE =
  /<(?:title|h1)\b[^>]{0,200}>\s*(?:index of|directory listing (?:for|of)|listing (?:of|for)|files within)\b/i;
/** Caddy's listing is titled with the name of the folder. */
const CADDY = /<div id="summary">\s*<span class="meta-item">/i;
/** Caddy says so where it shows only the first of many. */
const IN_PART = /\(of which only <b>\d+<\/b> are displayed\)/i;

const ANCHOR = /<a\s(?:[^>]{0,2000}?\s)?href\s*=\s*(?:"([^"]{0,8000})"|'([^']{0,8000})'|([^\s"'>]{1,8000}))/gi;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/**
 * Reads what a web server shows of a folder: the pages of nginx, Apache, lighttpd, Caddy and Python's `http.server`,
 * and the JSON of nginx. Entries are the links to what lies directly in the folder, ordered by name (code units).
 *
 * @param folder URL that the page came from, ending in `/`.
 * @returns `undefined` if it is another page, or shows only a part.
 */
export function parseDirectoryPage(text: string, folder: URL): DirectoryEntry[] | undefined {
  if (/^\s*\[/.test(text)) return parseJsonListing(text);
  if ((!TITLE.test(text) && !CADDY.test(text)) || IN_PART.test(text)) return undefined;
  const kinds = new Map<string, DirectoryEntry['kind']>();
  for (const [, double, single, bare] of text.matchAll(ANCHOR)) {
    const child = childOf(withoutEntities(double ?? single ?? bare ?? ''), folder);
    if (child !== undefined) kinds.set(child.name, child.kind);
  }
  return sorted([...kinds].map(([name, kind]) => ({ name, kind })));
}

function childOf(href: string, folder: URL): DirectoryEntry | undefined {
  // A name with a colon looks like a scheme.
  const relative = /^(?!https?:|javascript:|mailto:|data:|ftp:)[^/?#]*:/i.test(href) ? `./${href}` : href;
  if (!URL.canParse(relative, folder.href)) return undefined;
  const url = new URL(relative, folder);
  if (url.host !== folder.host || !url.pathname.startsWith(folder.pathname)) return undefined;
  const [, step = '', slash = '', rest = ''] =
    /^([^/]*)(\/?)(.*)$/.exec(url.pathname.slice(folder.pathname.length)) ?? [];
  if (step === '' || rest !== '') return undefined;
  return entryOf(decoded(step), slash === '/');
}

function parseJsonListing(text: string): DirectoryEntry[] | undefined {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(rows)) return undefined;
  const entries: DirectoryEntry[] = [];
  for (const row of rows as ({ name?: unknown; type?: unknown } | null)[]) {
    if (typeof row?.name !== 'string' || typeof row.type !== 'string') return undefined;
    const entry = entryOf(row.name, row.type === 'directory');
    if (entry !== undefined && row.type !== 'other') entries.push(entry);
  }
  return sorted(entries);
}

function entryOf(name: string, isDirectory: boolean): DirectoryEntry | undefined {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return undefined;
  return { name, kind: isDirectory ? 'directory' : 'file' };
}

function sorted(entries: DirectoryEntry[]): DirectoryEntry[] {
  return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
}

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
