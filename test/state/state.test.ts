import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cloneStateForBranch,
  createState,
  mergeVariableWrites,
  project,
  recordNodeResult,
  toReadSet,
  visibleVariables,
  writeVariable,
} from '#src/state/index.js';

const fresh = () => createState({ workflowId: 'w', runId: 'r', config: { top: 1 }, secrets: {} });
const done = (output: unknown) => ({ status: 'completed', output, attempts: 1, startedAt: 0, durationMs: 0 }) as const;

describe('a branch state', () => {
  it('is deep and its own, with $branch set', () => {
    const state = fresh();
    recordNodeResult(state, 'rows', done({ list: [{ n: 1 }], when: new Date(0) }));
    writeVariable(state, { name: 'x', value: [1], scope: 'workflow' });
    const branch = cloneStateForBranch(state, 3);
    const { output } = branch.nodeContext['rows'] as { output: { list: { n: number }[]; when: Date } };
    (output.list[0] as { n: number }).n = 99;
    output.when.setTime(5);
    (branch.globalContext['x'] as number[]).push(2);
    recordNodeResult(branch, 'more', done(1));
    expect(branch.nodeContext.$branch).toBe(3);
    expect(state.nodeContext.$branch).toBeUndefined();
    expect(state.nodeContext['rows']).toEqual({ output: { list: [{ n: 1 }], when: new Date(0) } });
    expect(state.globalContext).toEqual({ x: [1] });
    expect(state.nodeResults.has('more')).toBe(false);
  });

  it('given the nodes it reads, has those alone and writes nowhere else', () => {
    const state = fresh();
    recordNodeResult(state, 'a', done(1));
    recordNodeResult(state, 'b', done(2));
    const branch = cloneStateForBranch(state, 0, ['b', 'never-ran']);
    writeVariable(branch, { name: 'x', value: 1, scope: 'node' });
    writeVariable(branch, { name: 'y', value: 1, scope: 'phase', phase: 'p' });
    writeVariable(branch, { name: 'z', value: 1, scope: 'workflow' });
    expect([...branch.nodeResults.keys()]).toEqual(['b']);
    expect(visibleVariables(branch, ['p'])).toEqual({ x: 1, y: 1, z: 1 });
    expect(visibleVariables(state, ['p'])).toEqual({});
  });

  it('takes ids and variable names that objects have themselves for data', () => {
    const state = fresh();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      recordNodeResult(state, name, done(name));
      writeVariable(state, { name, value: name, scope: 'node' });
    }
    const branch = cloneStateForBranch(state, 0);
    expect(Object.keys(branch.nodeContext)).toEqual(expect.arrayContaining(['__proto__', 'constructor', 'toString']));
    expect(Object.entries(visibleVariables(branch, []))).toEqual([
      ['__proto__', '__proto__'],
      ['constructor', 'constructor'],
      ['toString', 'toString'],
    ]);
  });
});

describe('variables', () => {
  it('are found in the nearest scope', () => {
    const state = fresh();
    writeVariable(state, { name: 'x', value: 'workflow', scope: 'workflow' });
    expect(visibleVariables(state, ['p'])['x']).toBe('workflow');
    writeVariable(state, { name: 'x', value: 'phase', scope: 'phase', phase: 'p' });
    expect([visibleVariables(state, ['p'])['x'], visibleVariables(state, ['q'])['x']]).toEqual(['phase', 'workflow']);
    writeVariable(state, { name: 'x', value: 'node', scope: 'node' });
    expect(visibleVariables(state, ['p'])['x']).toBe('node');
  });

  const write = (name: string, value: unknown) => ({ name, value, scope: 'workflow' as const });
  it.each([
    ['first', 1],
    ['last', 3],
    ['list', [1, 3]],
    ['error', 3],
  ] as const)('that two branches wrote leave by %s', (policy, expected) => {
    const writes = [[write('x', 0), write('x', 1)], [], [write('x', 3), write('y', 4)]];
    const merged = Object.fromEntries(mergeVariableWrites(writes, policy).map(({ name, value }) => [name, value]));
    expect(merged).toEqual({ x: expected, y: policy === 'list' ? [4] : 4 });
  });
});

describe('projections', () => {
  const reads = (...paths: string[]) =>
    toReadSet(paths.map((path) => ({ kind: 'node', id: 'a', path: path.split('.').filter(Boolean) }))).nodes.get('a') ?? 'all';
  const value = { output: { rows: [1, 2], name: 'n', deep: { x: 1, y: 2 } }, status: 'completed' };

  it.each([
    [['output.rows'], { output: { rows: [1, 2] } }],
    [['output.deep.x', 'output.name'], { output: { deep: { x: 1 }, name: 'n' } }],
    [['output.deep.x', 'output.deep'], { output: { deep: { x: 1, y: 2 } } }],
    [['output.deep', 'output.deep.x'], { output: { deep: { x: 1, y: 2 } } }],
    [['output.rows.0'], { output: { rows: [1, 2] } }],
    [['output.absent.x'], { output: {} }],
    [[''], value],
  ])('of %o give %o', (paths, expected) => {
    expect(project(value, reads(...paths))).toEqual(expected);
  });

  it.each([
    [['output.deep.z'], { output: { deep: { x: null, y: null } } }],
    [['output.deep.z', 'output.deep.x', 'output.name'], { output: { deep: { x: 1, y: null }, name: 'n' } }],
    [['output.name'], { output: { name: 'n' } }],
    [['output.rows.z'], { output: { rows: [1, 2] } }],
  ])('of %o name the other fields where one is absent: %o', (paths, expected) => {
    expect(project(value, reads(...paths), 'named')).toEqual(expected);
  });

  it('name no more than 100 others', () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`f${at}`, at]));
    expect(Object.keys((project({ output: wide }, reads('output.x'), 'named') as { output: object }).output)).toHaveLength(100);
  });

  it('never say anything that the value does not', () => {
    const path = fc.array(fc.constantFrom('a', 'b', '__proto__', 'constructor'), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom('a', 'b', '__proto__'), maxDepth: 3 }),
        fc.array(path, { minLength: 1 }),
        (object, paths) => {
          const projection =
            toReadSet(paths.map((fields) => ({ kind: 'name', name: 'x', path: fields }))).names.get('x') ?? 'all';
          const part = project(object, projection);
          for (const fields of paths) expect(dig(part, fields)).toEqual(dig(object, fields));
        },
      ),
    );
  });
});

function dig(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner: unknown, field) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner) || !Object.hasOwn(inner, field)) return undefined;
    return (inner as Record<string, unknown>)[field];
  }, value);
}
