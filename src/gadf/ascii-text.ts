/** Text that a header or a table can hold: what is not printable ASCII becomes a question mark. @see FITS 4.0 §4.2.1 */
export function asciiText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
