import type { ProgramIo } from '../io.ts';
import type { TextOutput } from '../output.ts';
import type { Completer } from './complete-path.ts';
import { LineReader } from './line-reader.ts';
import type { Prompter } from './prompter.ts';
import { TerminalPrompter } from './terminal-prompter.ts';

/**
 * A prompter that suits the input: with line editing and completion on a terminal, else plain. Standard input is touched
 * by the first question, and left alone between questions; lines that came early answer the next ones.
 */
export function openPrompter(io: ProgramIo, output: TextOutput, completer: Completer): Prompter {
  if (io.interactive && io.stdout.isTTY === true) return new TerminalPrompter(io, output, completer);
  return plainPrompter(io, output);
}

/** A pipe's answers are repeated behind their questions, so that its output reads like a session; a terminal does so itself. */
function plainPrompter(io: ProgramIo, output: TextOutput): Prompter {
  let reader: LineReader | undefined;
  return {
    ask: async (question) => {
      output.write(question);
      reader ??= new LineReader(io.stdin);
      const answer = await reader.next(io.signal);
      if (answer !== undefined && !io.interactive) output.write(`${answer}\n`);
      return answer;
    },
  };
}
