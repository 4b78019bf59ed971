import { type XmlElement, xmlElement } from './xml.ts';

/** An observation of an observation definition file. Files are `path[HDU]`; an empty text stands for none. */
export interface ObservationDefinition {
  readonly name: string;
  readonly run: string;
  readonly instrument: string;
  readonly events: string;
  readonly aeff: string;
  readonly psf: string;
  readonly edisp: string;
  readonly bkg: string;
}

/** The root element of an observation definition file. */
export function observationList(observations: readonly ObservationDefinition[]): XmlElement {
  return xmlElement('observation_list', [['title', 'observation list']], observations.map(observationElement));
}

function observationElement({ name, run, instrument, ...files }: ObservationDefinition): XmlElement {
  const parameters = [
    ['EventList', files.events],
    ['EffectiveArea', files.aeff],
    ['PointSpreadFunction', files.psf],
    ['EnergyDispersion', files.edisp],
    ['Background', files.bkg],
  ] as const;
  const attributes = [
    ['name', name],
    ['id', run],
    ['instrument', instrument],
  ] as const;
  return xmlElement(
    'observation',
    attributes,
    parameters.map(([kind, file]) =>
      xmlElement('parameter', [
        ['name', kind],
        ['file', file],
      ]),
    ),
  );
}
