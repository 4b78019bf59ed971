import { isNamedHdu } from '../../gadf/index.ts';
import type { FileFacts, HduFacts, ListedHdu } from '../facts.ts';
import type { Place, Repair } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { isSound } from '../sound-file.ts';

export const fileSize: Rule = {
  code: 'file-size',
  severity: 'warning',
  title: 'SIZE of the HDU index is not the size of the file.',
  detail:
    'SIZE is the size of the file in bytes. Some stores have the size of the HDU there instead (header and data, not ' +
    'compressed): that is a note.',
  clause: 'GADF v0.3 hdu-index, SIZE',
  checks: {
    file: (file, report) => {
      const { place, info, listed, hdus, path, role, index } = file;
      if (info === undefined || role === 'index' || info.kind !== 'file') return;
      // The index may have meant the file before it was compressed.
      if (place.uri.endsWith('.gz') && !path.endsWith('.gz')) return;
      const wrong = listed.filter(({ sizeBytes }) => sizeBytes !== undefined && sizeBytes !== info.sizeBytes);
      const ofHdu = wrong.filter(({ sizeBytes, hduName }) => sizeBytes === sizeOf(hdus, hduName));
      const rest = wrong.filter((each) => !ofHdu.includes(each));
      for (const [rows, severity, text] of [
        [ofHdu, 'note', 'is the size of the HDU, not that of the file'],
        [rest, 'warning', 'is not the size of the file'],
      ] as const) {
        const [first] = rows;
        if (first === undefined) continue;
        report(
          { ...place, ...(rows.length === 1 && { obsId: first.id }) },
          {
            severity,
            message: `SIZE of the HDU index ${text}: ${first.sizeBytes} for HDU "${first.hduName}", and the file has ${info.sizeBytes} bytes.`,
            column: 'SIZE',
            row: first.row + 1,
            ...(rows.length > 1 && { count: rows.length, rows: rows.slice(0, 5).map(({ row }) => row + 1) }),
            found: String(first.sizeBytes),
            wanted: String(info.sizeBytes),
            ...(index !== undefined && isSound(file) && { repair: setSizes(index, rows, info.sizeBytes) }),
          },
        );
      }
    },
  },
  repairs:
    'SIZE becomes the size of the file, if the file was read to its end, which --fast does of few, and none of its ' +
    'checksums tells of damaged data; --fast compares none, and leaves SIZE of files that have some.',
};

function setSizes(at: Place, rows: readonly ListedHdu[], value: number): Repair {
  const cells = rows.map(({ row, sizeBytes }) => ({ row: row + 1, found: sizeBytes ?? 0, value }));
  return { at, kind: 'set-cells', column: 'SIZE', cells };
}

function sizeOf(hdus: FileFacts['hdus'], name: string): number | undefined {
  const hdu: HduFacts | undefined = hdus.find((each) => isNamedHdu(each, name));
  if (hdu === undefined) return undefined;
  const records = hdu.header.cards.reduce((sum, { images }) => sum + images.length, 1);
  const blocks = Math.ceil((records * 80) / 2880) + Math.ceil(hdu.scan.dataBytes / 2880);
  return blocks * 2880;
}
