/** A message as a sentence: with its full stop, unless it ends with another mark, or shows a place below an expression. */
export function asSentence(message: string): string {
  return /(?:[.!?:^]|^)$/.test(message) ? message : `${message}.`;
}

/** A message to go on behind: without its full stop. */
export function asClause(message: string): string {
  return message.replace(/\.$/, '');
}
