export { type ErrorCode, IactError } from '../core/index.ts';
export { FUNCTION_NAMES } from './call.ts';
export type { CompileOptions, ExprResult } from './compile.ts';
export { compileExpression, compileFilter, Expression, Filter } from './compile.ts';
export { angularSeparation } from './kernel-sky.ts';
export { MAX_LENGTH } from './parser.ts';
export type {
  BitValues,
  ColumnKind,
  ColumnShape,
  ColumnValues,
  ExprResources,
  ExprSchema,
  ExprTable,
  KeywordValue,
  LogicalValues,
  NumberValues,
  StringValues,
} from './table.ts';
