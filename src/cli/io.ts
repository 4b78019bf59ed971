/** Where a command prints: results on one stream, errors and remarks on the other. */
export interface CliIo {
  readonly stdout: {
    write(text: string): unknown;
    /** Width of the terminal, where it is one. */
    readonly columns?: number;
  };
  readonly stderr: { write(text: string): unknown };
}

/** The streams of this process. A reader that goes away (`iact find | head`) ends it in silence. */
export function nodeIo(): CliIo {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  return { stdout: process.stdout, stderr: process.stderr };
}
