/**
 * The records of a pax header: `length key=value\n` each, where the length counts the record itself.
 *
 * The parser of npm's tar is not used because it passes over records that it cannot read, values with a line feed among
 * them, and does not show those that make a member sparse.
 *
 * @returns `undefined` if they are broken.
 * @see POSIX.1-2017 pax, "pax Extended Header"
 */
export function parsePaxRecords(bytes: Buffer): Map<string, string> | undefined {
  const records = new Map<string, string>();
  let position = 0;
  while (position < bytes.length && bytes[position] !== 0) {
    const space = bytes.indexOf(0x20, position);
    const digits = bytes.toString('latin1', position, space < 0 ? position : space);
    const end = position + Number(digits);
    if (!/^\d{1,10}$/.test(digits) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a) return undefined;
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) return undefined;
    records.set(bytes.toString('utf8', space + 1, equals), bytes.toString('utf8', equals + 1, end - 1));
    position = end;
  }
  return records;
}
