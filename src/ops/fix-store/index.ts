export { applyFix, type FixOptions, type FixResult } from './apply-fix.ts';
export type { Change, ChangeValue, Refusal } from './change.ts';
export type { PlannedChange } from './followers.ts';
export { canRepair, type FixPlan, planFix } from './plan-fix.ts';
