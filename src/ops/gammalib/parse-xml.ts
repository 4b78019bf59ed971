import type { Attr, Node } from '@xmldom/xmldom';
import { IactError, messageOf } from '../../core/index.ts';
import type { XmlElement } from './xml.ts';

/** Deeper than any document that a person or a program writes, and shallow enough for the call stack. */
const MAX_DEPTH = 200;

// Of the DOM: the numbers of the node types.
const ELEMENT = 1;
const TEXT = 3;
const CDATA = 4;

/**
 * Reads an XML document. Comments, processing instructions and blank texts are dropped, other texts are trimmed; what a
 * document type declares is not applied, so that an entity of its own is an error and no file outside is ever read.
 *
 * @param uri names the document in errors.
 * @throws {IactError} `bad-data`, with the line, for anything that is not well-formed.
 */
export async function parseXml(text: string, uri: string): Promise<XmlElement> {
  // Only who reads XML waits for the parser.
  const { DOMParser } = await import('@xmldom/xmldom');
  let fault: string | undefined;
  const onError = (_level: string, message: string): void => {
    // A character of another encoding is a blemish of a text or a comment, and no fault of the document.
    if (message.startsWith('Unicode replacement character')) return;
    fault ??= message;
    throw new Error(message);
  };
  let root: Node | null;
  try {
    root = new DOMParser({ onError }).parseFromString(text.replace(/^\ufeff/, ''), 'text/xml').documentElement;
  } catch (error) {
    const line = (error as { locator?: { lineNumber?: number } }).locator?.lineNumber;
    const place = line === undefined || line === 0 ? '' : ` line ${line}:`;
    const reason = fault ?? messageOf(error);
    throw new IactError('bad-data', `"${uri}" is no well-formed XML:${place} ${reason}.`, { cause: error, uri });
  }
  if (root === null) throw new IactError('bad-data', `"${uri}" is no well-formed XML: it has no element.`, { uri });
  return toElement(root, uri, 0);
}

function toElement(node: Node, uri: string, depth: number): XmlElement {
  if (depth > MAX_DEPTH) {
    throw new IactError('bad-data', `"${uri}" has more than ${MAX_DEPTH} levels of elements.`, { uri });
  }
  const attributes: [string, string][] = [];
  // A node of the type element; the library's own types do not tell them apart.
  const list = (node as { attributes?: Iterable<Attr> }).attributes ?? [];
  for (const { name, value } of list) attributes.push([name, value]);
  const children: (XmlElement | string)[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.nodeType === ELEMENT) children.push(toElement(child, uri, depth + 1));
    else if (child.nodeType === TEXT || child.nodeType === CDATA) {
      const content = child.nodeValue?.trim() ?? '';
      if (content !== '') children.push(content);
    }
  }
  return { name: node.nodeName, attributes, children };
}
