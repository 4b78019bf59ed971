import { IactError } from '../core/index.ts';
import { isRunListId, type ObservationId } from '../gadf/index.ts';
import { publishTogether } from '../transfer/index.ts';
import { encodeText, type OutputFile } from './output-file.ts';

/**
 * Writes a run list as ctools does: one observation ID a line, with a blank behind it. The file appears whole, in place
 * of one that is there.
 *
 * @throws {IactError} `unwritable`; `bad-data` for an ID that a run list cannot hold, as one with a line break in it. A
 *   file that is there is then still as it was.
 */
export async function writeRunList(output: OutputFile, ids: readonly ObservationId[]): Promise<void> {
  const { destination, file, path, attributes } = output;
  const bad = ids.find((id) => !isRunListId(String(id)));
  if (bad !== undefined) {
    const reason = `the index has an observation ${JSON.stringify(String(bad))}, which a run list cannot hold`;
    throw new IactError('bad-data', `Cannot write "${file}": ${reason}. Leave it out by --where or by expression.`);
  }
  await publishTogether([{ destination, path, attributes, content: encodeText(ids.map((id) => `${id} \n`)) }]);
}
