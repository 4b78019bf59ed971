import type { Header } from 'tar/header';
import { IactError, messageOf, shortened } from '../../core/index.ts';
import { parsePaxRecords } from './pax-records.ts';

/** What a header says. */
export interface TarMember {
  readonly kind: 'file' | 'directory' | 'hard-link' | 'symbolic-link';
  /** As written. */
  readonly name: string;
  /** Where a link leads, as written. */
  readonly target: string;
  /** First byte of the content in the archive. */
  readonly position: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number | undefined;
  readonly mode: number | undefined;
}

/** A piece of an archive. */
export interface TarPiece {
  readonly position: number;
  readonly sizeBytes: number;
}

export interface TarVisitor {
  onMember(member: TarMember): void;
  /** Something that is in the archive and is not made available. */
  onNote(note: string): void;
}

const BLOCK_BYTES = 512;
/** Names are no longer than 4096 bytes; a header that is a thousand times as long is an attack on memory. */
const MAX_META_BYTES = 1024 * 1024;

/** What extended headers and long names say of the next member, or of all. */
interface Overrides {
  path?: string | undefined;
  linkpath?: string | undefined;
  size?: number | undefined;
  mtime?: number | undefined;
}

/**
 * Reads the headers of a tar archive: v7, ustar, pax, and GNU with its long names. It asks for piece after piece, so that
 * the same code seeks in a file and watches a stream go by.
 *
 * @throws {IactError} `bad-data` that names the byte, from every method.
 */
export class TarScanner {
  /** What it must see next; `undefined` after the end mark. */
  next: TarPiece | undefined = { position: 0, sizeBytes: BLOCK_BYTES };
  private readonly uri: string;
  private readonly HeaderOf: typeof Header;
  private readonly visitor: TarVisitor;
  /** Its names are for no member. */
  private global: Overrides = {};
  private local: Overrides | undefined;
  /** Type of the extended header whose body comes next. */
  private meta: string | undefined;
  private lastName = '';

  /** @param header the class of npm's tar, which the caller loads when it is needed. */
  constructor(uri: string, header: typeof Header, visitor: TarVisitor) {
    this.uri = uri;
    this.HeaderOf = header;
    this.visitor = visitor;
  }

  /** Takes the piece that `next` asked for. */
  take(bytes: Buffer): void {
    const { position } = this.next ?? { position: 0 };
    if (this.meta === undefined) this.takeHeader(bytes, position);
    else {
      this.next = blockAfter(position + bytes.length);
      this.takeMeta(this.meta, bytes, position);
      this.meta = undefined;
    }
  }

  /** Tells that the archive ends at this byte. */
  end(position: number): void {
    if (this.next === undefined) return;
    const inside = this.lastName !== '' && position < this.next.position;
    const where = inside ? `within "${this.lastName}"` : 'without the two empty blocks that end an archive';
    throw this.bad(position, `it stops there, ${where}; it is not whole. Fetch it again`);
  }

  private takeHeader(bytes: Buffer, at: number): void {
    if (bytes.every((byte) => byte === 0)) {
      if (this.local !== undefined) throw this.bad(at, 'a header for a member that does not come');
      this.next = undefined;
      return;
    }
    const header = this.decode(bytes, at);
    const type = String.fromCharCode(bytes[156] ?? 0);
    const body = at + BLOCK_BYTES;
    if ('xgXLK'.includes(type)) {
      const sizeBytes = this.sizeOf(header.size, at);
      if (sizeBytes > MAX_META_BYTES) throw this.bad(at, `a header of ${sizeBytes} bytes is too long`);
      this.meta = type;
      this.next = { position: body, sizeBytes };
      if (sizeBytes === 0) this.take(Buffer.alloc(0));
      return;
    }
    const local = this.local ?? {};
    this.local = undefined;
    const name = local.path ?? header.path ?? '';
    this.lastName = name;
    // Links, devices and directories have no content, whatever size they name.
    const hasContent = !'123456'.includes(type);
    const sizeBytes = hasContent ? this.sizeOf(local.size ?? this.global.size ?? header.size, at) : 0;
    this.next = blockAfter(body + sizeBytes);
    const seconds = local.mtime ?? this.global.mtime ?? (header.mtime?.getTime() ?? Number.NaN) / 1000;
    this.visit(type, at, {
      kind: 'file',
      name,
      target: local.linkpath ?? header.linkpath ?? '',
      position: body,
      sizeBytes,
      mtimeMs: Number.isFinite(seconds) ? Math.floor(seconds) * 1000 : undefined,
      mode: header.mode === undefined ? undefined : header.mode & 0o777,
    });
  }

  private visit(type: string, at: number, member: TarMember): void {
    const note = (what: string): void => this.visitor.onNote(`"${shortened(member.name)}" is left out: ${what}.`);
    if (type === '1') this.visitor.onMember({ ...member, kind: 'hard-link' });
    else if (type === '2') this.visitor.onMember({ ...member, kind: 'symbolic-link' });
    else if (type === '3' || type === '4') note('it is a device');
    else if (type === '5' || type === 'D') this.visitor.onMember({ ...member, kind: 'directory', sizeBytes: 0 });
    else if (type === '6') note('it is a pipe');
    else if (type === 'S') throw this.sparse(at);
    else if (type === 'M') throw this.bad(at, 'it is the continuation of another archive, which is not supported');
    // A label, access rights and other things of one make of tar.
    else if ('AINV'.includes(type)) return;
    // An unknown type is to be read as a file; in v7 a directory is one whose name ends in a slash.
    else this.visitor.onMember({ ...member, kind: member.name.endsWith('/') ? 'directory' : 'file' });
  }

  private takeMeta(type: string, bytes: Buffer, at: number): void {
    if (type === 'L' || type === 'K') {
      const text = bytes.toString('utf8').replace(/\0.*$/s, '');
      this.local = { ...this.local, ...(type === 'L' ? { path: text } : { linkpath: text }) };
      return;
    }
    const records = parsePaxRecords(bytes);
    if (records === undefined) throw this.bad(at, 'the records of the extended header are broken');
    if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) throw this.sparse(at);
    const found = this.overridesOf(records, at);
    if (type === 'g') this.global = { ...this.global, ...found };
    else this.local = { ...this.local, ...found };
  }

  private overridesOf(records: ReadonlyMap<string, string>, at: number): Overrides {
    const found: Overrides = {};
    const { path, linkpath, size, mtime } = Object.fromEntries(records);
    // An empty value takes back what was said before.
    if (path !== undefined) found.path = path || undefined;
    if (linkpath !== undefined) found.linkpath = linkpath || undefined;
    if (size !== undefined) found.size = size === '' ? undefined : this.sizeOf(Number(size), at);
    if (mtime !== undefined) found.mtime = mtime === '' ? undefined : Number(mtime);
    return found;
  }

  private decode(bytes: Buffer, at: number): Header {
    let header: Header;
    try {
      header = new this.HeaderOf(bytes);
    } catch (error) {
      throw this.bad(at, `the header is broken (${messageOf(error)})`);
    }
    if (header.cksumValid) return header;
    throw this.bad(at, at === 0 ? 'it is no tar archive' : 'the header is broken (its checksum is wrong)');
  }

  private sizeOf(size: number | undefined, at: number): number {
    if (size !== undefined && Number.isSafeInteger(size) && size >= 0 && size < 2 ** 52) return size;
    throw this.bad(at, `the header is broken (a size of "${size}")`);
  }

  private sparse(at: number): IactError {
    return this.bad(at, 'it holds a sparse file, which is not supported; make the archive without --sparse');
  }

  private bad(at: number, reason: string): IactError {
    return new IactError('bad-data', `Cannot read the archive "${this.uri}" at byte ${at}: ${reason}.`, {
      uri: this.uri,
    });
  }
}

function blockAfter(position: number): TarPiece {
  return { position: Math.ceil(position / BLOCK_BYTES) * BLOCK_BYTES, sizeBytes: BLOCK_BYTES };
}
