import { readdirSync } from 'node:fs';

// layer name -> layers it may import. This table IS the architecture.
const may = {
  api: ['core'],
  core: [],
  fits: ['core'],
  expr: ['core'],
  vo: ['core'],
  gadf: ['core', 'fits'],
  simulate: ['core', 'fits', 'gadf'],
  storage: ['core'],
  transfer: ['core', 'storage'],
  validate: ['core', 'fits', 'gadf', 'storage'],
  ops: ['core', 'fits', 'expr', 'gadf', 'simulate', 'vo', 'storage', 'transfer', 'validate'],
  ctools: ['core', 'ops'],
  cli: ['core', 'ops'],
  cluster: ['core', 'ops'],
  server: ['core', 'api', 'vo', 'ops'],
  web: ['core', 'api', 'fits', 'expr', 'gadf', 'vo'],
};
// the faces may also name lower layers' types
const faces = ['ctools', 'cli', 'server', 'cluster'];
const layer = Object.entries(may).map(([name, to]) => ({
  name: `layer-${name}`,
  severity: 'error',
  comment: `src/${name} may import only: ${to.join(', ') || '(nothing)'}`,
  // Tests may bring in what they compare with.
  from: { path: `^src/${name}/`, pathNot: '[.]test[.]ts$|/testing/' },
  to: {
    path: '^src/',
    pathNot: `^src/(${[name, ...to].join('|')})/`,
    ...(faces.includes(name) ? { dependencyTypesNot: ['type-only'] } : {}),
  },
}));
// `run-find.ts` has what `find.ts` lets `iact find` do
const commands = readdirSync(new URL('src/cli', import.meta.url)).flatMap(
  (name) => /^run-(.*)[.]ts$/.exec(name)?.[1] ?? [],
);
export default {
  forbidden: [
    ...layer,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'front-door-only',
      severity: 'error',
      comment: 'Import another module through its index.ts',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/([^/]+)/', pathNot: ['^src/$1/', '^src/[^/]+/index[.]ts$', '^src/.*/testing/'] },
    },
    {
      name: 'portable',
      severity: 'error',
      comment: 'These modules also run in the browser',
      from: { path: '^src/(core|fits|expr|gadf|simulate|vo|api|web)/', pathNot: '[.]test[.]ts$|/testing/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'bin-is-thin',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: '^src/', pathNot: '^src/(cli|ctools|server|cluster)/index[.]ts$' },
    },
    {
      name: 'commands-load-late',
      severity: 'error',
      comment: 'Each start of iact reads this: import() what a subcommand does in its action',
      from: { path: `^src/cli/(${commands.join('|')}|.*-(options|command))[.]ts$` },
      to: {
        path: '^src/(ops|validate|transfer)/|^src/cli/(run-.*|fix|transfer)[.]ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-test-in-src',
      severity: 'error',
      from: { path: '^(src|bin)/', pathNot: '[.]test[.]ts$|/testing/' },
      to: { path: '[.]test[.]ts$|/testing/|^test/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
