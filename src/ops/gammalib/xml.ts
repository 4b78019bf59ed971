/** An element of an XML document: comments and processing instructions are no part of it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | string)[];
}

export type XmlAttribute = readonly [name: string, value: string];

/** Makes an element; attributes without a value are left out. */
export function xmlElement(
  name: string,
  attributes: readonly (readonly [name: string, value: string | undefined])[],
  children: XmlElement['children'] = [],
): XmlElement {
  const given = attributes.filter((attribute): attribute is XmlAttribute => attribute[1] !== undefined);
  return { name, attributes: given, children };
}

/** The value of an attribute. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find(([each]) => each === name)?.[1];
}

/** An element in place of a child, that is, not a text. */
export function isElement(child: XmlElement | string): child is XmlElement {
  return typeof child !== 'string';
}

/**
 * Writes a document as gammalib does: two blanks a level, ` />` behind an element without content, every character that
 * means something in XML as an entity, a final newline. No serialiser of a library writes it so, and users compare files.
 *
 * The result is well-formed whatever the texts hold: characters that XML cannot hold become U+FFFD, and line breaks in
 * attributes are character references. Lines, one a piece, so that a list of any length needs little memory.
 */
export function* formatXml(root: XmlElement): Generator<string, void> {
  yield '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n';
  yield* formatElement(root, '');
}

function* formatElement(element: XmlElement, indent: string): Generator<string, void> {
  const { name, children } = element;
  const attributes = element.attributes.map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`).join('');
  const start = `${indent}<${name}${attributes}`;
  if (children.length === 0) yield `${start} />\n`;
  else if (!children.some(isElement))
    yield `${start}>${children.map((text) => escapeText(String(text))).join('')}</${name}>\n`;
  else {
    yield `${start}>\n`;
    const inner = `${indent}  `;
    for (const child of children) {
      if (isElement(child)) yield* formatElement(child, inner);
      else yield `${inner}${escapeText(child)}\n`;
    }
    yield `${indent}</${name}>\n`;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** @see XML 1.0 §2.2, the characters that a document may hold */
const FORBIDDEN = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escapeText(text: string): string {
  return text.replace(FORBIDDEN, '\uFFFD').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** @see XML 1.0 §3.3.3: a reader turns plain tabs and line breaks of an attribute into blanks */
function escapeAttribute(value: string): string {
  return escapeText(value).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
