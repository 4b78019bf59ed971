export { expandPath } from './expand.ts';
export type { LoadedParameter } from './load.ts';
export { Parameters } from './parameters.ts';
export type { ParameterSession } from './session.ts';
export { openParameters } from './session.ts';
export { booleanOf, integerOf, isUndefined } from './value.ts';
