const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The path that a text of FITS names. FITS allows ASCII only; of producers that write other characters most write UTF-8,
 * and the others Latin-1, which is hardly ever UTF-8 by chance. astropy takes text of tables for UTF-8, too.
 *
 * @param text of a table or header: one character for each byte.
 * @see FITS 4.0 §4.2.1, §7.3.3.1
 */
export function pathOfText(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  try {
    return UTF8.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  } catch {
    return text;
  }
}

/** The text of FITS that names a path: that which {@link pathOfText} has read. */
export function textOfPath(path: string): string {
  return /[^\0-\u007f]/.test(path) ? String.fromCharCode(...new TextEncoder().encode(path)) : path;
}
