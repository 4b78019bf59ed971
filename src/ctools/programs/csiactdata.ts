import { IactError, printable } from '../../core/index.ts';
import { listDatasets, openLocatedStore } from '../../ops/index.ts';
import { ALWAYS, TERSE } from '../log/index.ts';
import type { ProgramContext } from '../program.ts';
import { dataPath, joinPath } from './data-path.ts';
import { findStore } from './find-store.ts';
import { pythonText } from './python-text.ts';

const REQUIRED_KEYS = new Set(['name', 'hduindx', 'obsindx']);

/** csiactdata: lists the datasets of a store. */
export async function csiactdata(context: ProgramContext): Promise<void> {
  const { params, log } = context;
  const masterFile = joinPath(await dataPath(context), await params.string('master_indx'));
  log.parameters();
  const found = await findStore(masterFile, context);
  if (found === undefined) {
    const remedy = 'Use hidden parameter "master_indx" to specify a different filename.';
    throw new IactError('not-found', `Master index file "${masterFile}" not found. ${remedy}`, { uri: masterFile });
  }
  log.header1(TERSE, 'Data storage entries');
  log.value(TERSE, 'Master index file', masterFile);
  const store = await openLocatedStore(found);
  log.line(ALWAYS, '');
  log.header2(ALWAYS, 'Available data configs');
  for (const { entry, available } of await listDatasets(store)) {
    log.header3(TERSE, printable(entry.name ?? '(no name)'));
    if (!available) {
      log.line(TERSE, ' Not available');
      continue;
    }
    log.value(TERSE, 'Name', printable(entry.name ?? ''));
    log.value(TERSE, 'Observation index', printable(entry.obsindx ?? ''));
    log.value(TERSE, 'HDU index', printable(entry.hduindx ?? ''));
    for (const [key, value] of entry.json) {
      if (!REQUIRED_KEYS.has(key)) log.value(TERSE, printable(key), pythonText(value));
    }
  }
}
