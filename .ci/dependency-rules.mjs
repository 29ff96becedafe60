// Who may import whom. `dist/imports` is the source tree with type-only imports kept; `dist/src` and `dist/workers` are what runs.

/** From the bottom up. A room imports rooms of its own level and below. */
const levels = [
  ['types', 'errors'],
  ['parser', 'expressions', 'state', 'transport', 'journal'],
  ['scheduler'],
  ['runtimes'],
  ['dispatch', 'validation'],
  ['keys', 'testing'],
  ['execution', 'records'],
  ['cache', 'timings'],
  ['workflow\\.js', 'engine\\.js', 'flowscript\\.js', 'index\\.js'],
  ['cli'],
];

/** Rooms that compute and do nothing else. */
const pureRooms = ['types', 'errors', 'parser', 'expressions', 'state', 'scheduler'];

const onlyImporters = { 'fast-xml-parser': 'parser', '@marcbachmann/cel-js': 'expressions', piscina: 'dispatch' };

const inputAndOutput =
  'child_process|cluster|dgram|dns|fs|http|http2|https|inspector|net|os|perf_hooks|process|readline|repl|sqlite|timers|tls|tty|worker_threads';

const source = '^dist/imports/src/';
const rooms = (names) => `${source}(${names.join('|')})(/|$)`;
const packageNamed = (name) => `node_modules/${name}/`;

const directionRules = levels.slice(0, -1).map((names, level) => ({
  name: `level-${level}-imports-no-higher-room`,
  comment: `${names.join(', ')} may import their own level and lower ones only.`,
  severity: 'error',
  from: { path: rooms(names) },
  to: { path: rooms(levels.slice(level + 1).flat()) },
}));

const importerRules = Object.entries(onlyImporters).map(([name, room]) => ({
  name: `only-${room}-imports-${name}`,
  comment: `What ${name} is for goes through src/${room}.`,
  severity: 'error',
  from: { path: '^dist/imports/', pathNot: rooms([room]) },
  to: { path: packageNamed(name) },
}));

export default {
  forbidden: [
    ...directionRules,
    ...importerRules,
    {
      name: 'every-room-has-a-level',
      comment: 'A new room needs a place in the list of levels.',
      severity: 'error',
      from: { path: '^dist/imports/' },
      to: { path: source, pathNot: rooms(levels.flat()) },
    },
    {
      name: 'no-cycle',
      comment: 'Files that import one another, types included, cannot be read one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-rooms-do-no-io',
      comment: `${pureRooms.join(', ')} work on values alone; files, network, threads and clocks belong to the rooms above.`,
      severity: 'error',
      from: { path: rooms(pureRooms) },
      to: { dependencyTypes: ['core'], path: `^(node:)?(${inputAndOutput})(/|$)` },
    },
    {
      name: 'worker-stays-light',
      comment: 'zod alone would add 60 ms to the start of every worker.',
      severity: 'error',
      from: { path: '^dist/workers/' },
      to: { path: `${packageNamed('zod')}|${packageNamed('fast-xml-parser')}`, reachable: true },
    },
    {
      name: 'checking-loads-nothing-that-runs',
      comment: 'Piscina and what runs flows would add a third to the start of `flowscript validate`.',
      severity: 'error',
      from: { path: '^dist/src/workflow\\.js$' },
      to: { path: `^dist/src/(dispatch|execution)/|${packageNamed('piscina')}`, reachable: true },
    },
    {
      name: 'worker-runs-tasks-only',
      comment: 'Deciding what runs when is for the main thread.',
      severity: 'error',
      from: { path: '^dist/imports/workers/' },
      to: { path: rooms(['parser', 'validation', ...levels.slice(5).flat()]) },
    },
    {
      name: 'nothing-imports-a-worker',
      comment: 'A worker entry is started by its URL; imported, it would run in the wrong thread.',
      severity: 'error',
      from: { path: source },
      to: { path: '^dist/imports/workers/' },
    },
    {
      name: 'no-undeclared-package',
      comment: 'What ships may only need what an install brings.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined', 'unknown'] },
    },
    {
      name: 'no-unresolvable-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.ts$' },
    enhancedResolveOptions: { conditionNames: ['node', 'import', 'default'], exportsFields: ['exports'] },
  },
};
