/** An element of the documents of S3: it has texts or elements, and attributes that nobody needs. */
export interface XmlNode {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlNode[];
}

const ELEMENT = 1;
/** Deeper than any document of S3. */
const MAX_DEPTH = 20;

interface DomNode {
  readonly nodeType: number;
  readonly localName?: string | null;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly firstChild: DomNode | null;
  readonly nextSibling: DomNode | null;
}

/** Reads a document; `undefined` if it is no XML. Names are without their namespace. */
export async function parseS3Xml(text: string): Promise<XmlNode | undefined> {
  // Only who needs it waits for the parser.
  const { DOMParser } = await import('@xmldom/xmldom');
  const onError = (_level: string, message: string): never => {
    throw new Error(message);
  };
  try {
    const root = new DOMParser({ onError }).parseFromString(text.trim(), 'text/xml').documentElement;
    return root === null ? undefined : toNode(root as DomNode, 0);
  } catch {
    return undefined;
  }
}

function toNode(node: DomNode, depth: number): XmlNode {
  const children: XmlNode[] = [];
  for (let child = node.firstChild; child !== null && depth < MAX_DEPTH; child = child.nextSibling) {
    if (child.nodeType === ELEMENT) children.push(toNode(child, depth + 1));
  }
  const text = children.length === 0 ? (node.textContent ?? '') : '';
  return { name: node.localName ?? node.nodeName, text, children };
}

/** The elements of a name right below. */
export function elementsOf(node: XmlNode | undefined, name: string): XmlNode[] {
  return node?.children.filter((child) => child.name === name) ?? [];
}

/** Text of the first element of a name, at any depth; `undefined` if there is none. */
export function textOf(node: XmlNode | undefined, name: string): string | undefined {
  for (const child of node?.children ?? []) {
    const text = child.name === name ? child.text : textOf(child, name);
    if (text !== undefined) return text;
  }
  return undefined;
}
