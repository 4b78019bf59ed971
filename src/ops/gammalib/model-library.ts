import { IactError } from '../../core/index.ts';
import { formatNumber } from './parameter.ts';
import { attributeOf, isElement, type XmlAttribute, type XmlElement, xmlElement } from './xml.ts';

/** The root element of a model file. */
export function modelLibrary(models: readonly XmlElement[]): XmlElement {
  return xmlElement('source_library', [['title', 'source library']], models);
}

/**
 * The models of a model file, written as gammalib writes them: attributes in its order, numbers with its digits, an error
 * on every free parameter. Models of any type pass, also those that gammalib itself does not know.
 *
 * @param uri names the file in errors.
 * @throws {IactError} `bad-data` for another root element, a model without a name, and a name that comes twice.
 */
export function modelsOfLibrary(root: XmlElement, uri: string): XmlElement[] {
  if (root.name !== 'source_library') {
    const found = `its root is <${root.name}>, needed <source_library>`;
    throw new IactError('bad-data', `"${uri}" is no model definition file: ${found}.`, { uri });
  }
  const models = root.children.filter(isElement).filter(({ name }) => name === 'source');
  const names = new Set<string>();
  for (const [position, model] of models.entries()) {
    const name = attributeOf(model, 'name') ?? '';
    if (name === '') throw new IactError('bad-data', `Model ${position + 1} of "${uri}" has no name.`, { uri });
    if (names.has(name)) throw new IactError('bad-data', `"${uri}" has two models of the name "${name}".`, { uri });
    names.add(name);
  }
  return models.map(rewritten);
}

/** The name of a model. */
export function modelName(model: XmlElement): string {
  return attributeOf(model, 'name') ?? '';
}

const ATTRIBUTE_ORDER: Readonly<Record<string, readonly string[]>> = {
  source: ['name', 'type', 'instrument', 'id', 'ts', 'tscalc'],
  parameter: ['name', 'value', 'error', 'scale', 'min', 'max', 'free'],
};

/** Attributes of a parameter that are numbers. */
const NUMBERS = new Set(['value', 'error', 'scale', 'min', 'max']);

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

function rewritten(element: XmlElement): XmlElement {
  const children = element.children.map((child) => (isElement(child) ? rewritten(child) : child));
  return { name: element.name, attributes: inOrder(element.name, attributesOf(element)), children };
}

function attributesOf({ name, attributes }: XmlElement): readonly XmlAttribute[] {
  const has = (key: string, value?: string) =>
    attributes.some(([each, text]) => each === key && (value === undefined || text.trim() === value));
  if (name === 'source') return has('tscalc') ? attributes : [...attributes, ['tscalc', '0']];
  if (name !== 'parameter') return attributes;
  const numbers = attributes.map(([key, text]): XmlAttribute => [key, NUMBERS.has(key) ? reprinted(text) : text]);
  return has('free', '1') && !has('error') ? [...numbers, ['error', '0']] : numbers;
}

/** A number in 15 digits; anything else, and what no double can hold, as it is. */
function reprinted(text: string): string {
  const value = Number(text);
  return NUMBER.test(text) && Number.isFinite(value) ? formatNumber(value) : text;
}

/** Known attributes in gammalib's order, then the others in theirs. */
function inOrder(name: string, attributes: readonly XmlAttribute[]): XmlAttribute[] {
  const order = ATTRIBUTE_ORDER[name] ?? [];
  const place = ([key]: XmlAttribute): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return [...attributes].sort((left, right) => place(left) - place(right));
}
