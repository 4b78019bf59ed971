import { type HduHead, isCompressedTable } from '../fits/index.ts';
import { formatVersionOf, isNamedHdu, type ObservationId } from '../gadf/index.ts';
import type { FileFacts, HduFacts, ListedHdu } from './facts.ts';
import type { Place } from './finding.ts';
import { formatOfClass, formatOfHeader, type HduFormat } from './formats/index.ts';
import type { FileContent, HduContent } from './read-file.ts';

/** What an index says of a file. */
export interface FileListing extends Pick<FileFacts, 'role' | 'index' | 'listed'> {
  readonly dataset: string;
  /** What the other HDU indexes of the dataset list of it. */
  readonly listedBeside?: readonly Pick<ListedHdu, 'id' | 'hduName'>[];
  /** Path in the store that an absolute BASE_DIR means. */
  readonly elsewhere?: string | undefined;
}

/** What is known of a file, as one index lists it. */
export function fileFacts(content: FileContent, listing: FileListing): FileFacts {
  const { role, index, listed, dataset } = listing;
  const { path, info, twins, fault, unreadable, trailingBytes, complete, md5, hdus: contents } = content;
  const place: Place = { uri: content.uri, dataset };
  const formats = contents.map(({ scan }) => formatOf(scan, listed));
  const fileDeclares = complete ? declaredByAll(contents, formats) : undefined;
  const hdus = contents.map((hdu, position) => hduFacts(hdu, formats[position], listing, place, fileDeclares));
  const elsewhere = content.elsewhere.find((each) => each === listing.elsewhere);
  const found = { path, place, info, twins, elsewhere, fault, unreadable, trailingBytes, complete, md5, hdus };
  return { ...found, role, index, listed };
}

/** What the HDUs that follow GADF agree in. */
function declaredByAll(
  hdus: readonly HduContent[],
  formats: readonly (HduFormat | undefined)[],
): Readonly<Record<string, string>> {
  const following = hdus.filter(
    ({ scan: { header } }, n) => formats[n] !== undefined && header.get('HDUCLASS') === 'GADF',
  );
  const declared: Record<string, string> = {};
  for (const keyword of ['HDUCLASS', 'HDUDOC', 'HDUVERS']) {
    const values = new Set(following.flatMap(({ scan: { header } }) => header.get(keyword) || []));
    const [value] = values;
    if (values.size === 1 && typeof value === 'string') declared[keyword] = value;
  }
  return declared;
}

function formatOf(head: HduHead, listed: readonly ListedHdu[]): HduFormat | undefined {
  if (isCompressedTable(head.header)) return undefined;
  const named = listed.find(({ hduName }) => isNamedHdu(head, hduName));
  return (named && formatOfClass(named.hduClass)) ?? formatOfHeader(head);
}

function hduFacts(
  { scan, table, tableFault, tooLarge }: HduContent,
  format: HduFormat | undefined,
  { listed, listedBeside = [] }: FileListing,
  file: Place,
  fileDeclares: HduFacts['fileDeclares'],
): HduFacts {
  const { index, name, header } = scan;
  const here = listed.filter(({ hduName }) => isNamedHdu(scan, hduName));
  const obsIds = idsIn(here);
  // So that what each index would tell of it is one and the same finding.
  const toldIds = obsIds.length > 0 ? obsIds : idsIn(listedBeside.filter(({ hduName }) => isNamedHdu(scan, hduName)));
  const hdu = { index, name };
  const place: Place = toldIds.length === 1 ? { ...file, hdu, obsId: toldIds[0] } : { ...file, hdu };
  const version = formatVersionOf((keyword) => header.get(keyword));
  const rows = here.map(({ row }) => row);
  return { place, index, name, header, scan, format, version, rows, obsIds, table, tableFault, tooLarge, fileDeclares };
}

function idsIn(listed: readonly Pick<ListedHdu, 'id'>[]): ObservationId[] {
  return [...new Set(listed.map(({ id }) => id))];
}
