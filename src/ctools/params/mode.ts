/** What the value of the parameter `mode` may be: `q` asked for, `l` learned, `h` hidden. */
export const LEGAL_MODES: readonly Mode[] = ['h', 'q', 'hl', 'ql', 'lh', 'lq'];

export type Mode = 'h' | 'q' | 'hl' | 'ql' | 'lh' | 'lq';

/** The mode field of a parameter: a mode, or `a` for what the parameter `mode` says. */
export type ParameterMode = Mode | 'a';

export function isLegalMode(text: string): text is Mode {
  return (LEGAL_MODES as readonly string[]).includes(text);
}

export function isParameterMode(text: string): text is ParameterMode {
  return text === 'a' || isLegalMode(text);
}

/** A parameter's mode with `a` replaced; an illegal replacement hides the parameter. */
export function resolvedMode(mode: ParameterMode, automatic: string): Mode {
  if (mode !== 'a') return mode;
  return isLegalMode(automatic) ? automatic : 'h';
}
