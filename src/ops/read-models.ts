import { basename } from 'node:path';
import { IactError } from '../core/index.ts';
import { LocalSource, readText } from '../storage/index.ts';
import { modelsOfLibrary } from './gammalib/model-library.ts';
import { parseXml } from './gammalib/parse-xml.ts';
import type { XmlElement } from './gammalib/xml.ts';
import { directoryPart } from './open-store.ts';

/** Reads the models of a model definition file. @throws `not-found`, `unreadable`, or `bad-data`. */
export async function readModels(file: string): Promise<XmlElement[]> {
  const source = new LocalSource(directoryPart(file));
  const info = await source.stat(basename(file));
  if (info?.kind !== 'file') {
    throw new IactError('not-found', `Input model file "${file}" does not exist.`, { uri: file });
  }
  return modelsOfLibrary(await parseXml(await readText(source, basename(file)), file), file);
}
