import './file-calls.ts';
import { testEveryStep } from './every-step.ts';

// Loaded now: what these modules take from `node:fs` has to be what the recorder has put there.
const { CHANGES } = await import('./scenarios.ts');

testEveryStep(CHANGES);
