import type { ObservationId } from '../gadf/index.ts';
import { publishTogether } from '../transfer/index.ts';
import { encodeText, type OutputFile } from './output-file.ts';

/**
 * Writes a run list as ctools does: one observation ID a line, with a blank behind it. The file appears whole, in place
 * of one that is there.
 *
 * @throws {IactError} `unwritable`; a file that is there is then still as it was.
 */
export async function writeRunList(output: OutputFile, ids: readonly ObservationId[]): Promise<void> {
  const { destination, path, attributes } = output;
  await publishTogether([{ destination, path, attributes, content: encodeText(ids.map((id) => `${id} \n`)) }]);
}
