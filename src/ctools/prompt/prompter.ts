/** Asks questions on standard output and takes the answers from standard input. */
export interface Prompter {
  /**
   * Writes a question and waits for the answer, a line without its end.
   * @returns undefined at the end of the input, for this question and all that follow; nothing is written then.
   * @throws IactError `cancelled` when the user interrupts, `unreadable` when the input fails.
   */
  ask(question: string): Promise<string | undefined>;
}
