/** Where a command prints: results on one stream, errors and remarks on the other. */
export interface CliIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}
