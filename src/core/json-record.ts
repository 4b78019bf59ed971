/** The object that a line of a JSON Lines file holds; `undefined` for anything else, as a line that a crash has cut off. */
export function jsonRecord(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
