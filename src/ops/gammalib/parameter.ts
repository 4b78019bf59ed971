import { formatGeneral } from '../../core/index.ts';
import { type XmlElement, xmlElement } from './xml.ts';

/** A model parameter as gammalib writes it: the true value is `value` × `scale`, the true limits likewise. */
export interface ModelParameter {
  readonly name: string;
  readonly value: number;
  readonly scale: number;
  readonly min?: number;
  readonly max?: number;
  readonly free: boolean;
}

/** Numbers in gammalib's files have 15 digits. */
export function formatNumber(value: number): string {
  return formatGeneral(value, 15);
}

/** `<parameter name value [error] scale [min] [max] free />`; a free parameter has an error of 0 before it is fitted. */
export function parameterElement({ name, value, scale, min, max, free }: ModelParameter): XmlElement {
  return xmlElement('parameter', [
    ['name', name],
    ['value', formatNumber(value)],
    ['error', free ? '0' : undefined],
    ['scale', formatNumber(scale)],
    ['min', min === undefined ? undefined : formatNumber(min)],
    ['max', max === undefined ? undefined : formatNumber(max)],
    ['free', free ? '1' : '0'],
  ]);
}
