import fc from 'fast-check';

// The same examples in every run, so that a red run is about the change and not about luck. To look for more:
// `IACT_SEED=$RANDOM npx vitest run`; a failure prints the seed.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['IACT_SEED'] ?? 20261122) });
