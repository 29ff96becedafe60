import { describe, expect, test } from 'vitest';
import {
  isBranchResult,
  isForeachResult,
  isIfResult,
  isLoopResult,
  isParallelResult,
  isWhileResult,
} from '#src/runtimes/control/index.js';
import { registry } from '#src/runtimes/registry.js';
import type { NodeAST } from '#src/types/ast.js';
import { createContext, failureOf, runNode } from '../run-node.js';

const at = { file: 'f.xml', line: 1, column: 1 };
const node = (id: string): NodeAST => {
  const base = {
    id,
    at,
    input: undefined,
    when: undefined,
    after: [],
    timeoutMs: undefined,
    costMs: undefined,
    retries: [],
    fallback: undefined,
  };
  return { kind: 'work', type: 'sink:log', settings: {}, ...base };
};

describe('control:parallel', () => {
  test('describes its branches and runs nothing', () => {
    const branches = [[node('a')], [node('b'), node('c')]];
    const result = registry
      .getRuntime('control:parallel')
      .execute({ config: { branches, maxConcurrency: 2 }, input: 1, context: createContext({}) });
    expect(result).toEqual({ branches, branchCount: 2, maxConcurrency: 2 });
    expect(isParallelResult(result)).toBe(true);
  });

  test('leaves the limit out when there is none', async () => {
    expect(await runNode('control:parallel', { branches: [] })).toEqual({ branches: [], branchCount: 0 });
    expect(Object.keys((await runNode('control:parallel', { branches: [] })) as object)).not.toContain('maxConcurrency');
  });

  test('is recognised by its brand alone', async () => {
    const result = await runNode('control:parallel', { branches: [[node('a')]] });
    for (const lookalike of [
      { ...(result as object) },
      structuredClone(result),
      JSON.parse(JSON.stringify(result)),
      null,
      'x',
      undefined,
    ]) {
      expect(isParallelResult(lookalike)).toBe(false);
    }
    expect(isForeachResult(result)).toBe(false);
  });

  test.each([0, -1, 1.5, Number.NaN, '2'])('refuses the limit %s', async (maxConcurrency) => {
    const error = await failureOf(() => runNode('control:parallel', { branches: [], maxConcurrency }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('whole number of at least 1');
  });

  test.each([[undefined], [{}], [[node('a')]]])('refuses branches that are no lists of nodes %#', async (branches) => {
    expect(await failureOf(() => runNode('control:parallel', { branches }))).toBeInstanceOf(TypeError);
  });
});

describe('control:foreach', () => {
  test('describes its items, body and names', async () => {
    const result = await runNode('control:foreach', {
      items: new Float64Array([1, 2]),
      body: [node('a')],
      item: 'doc',
      maxConcurrency: 3,
    });
    expect(result).toEqual({
      items: new Float64Array([1, 2]),
      itemCount: 2,
      body: [node('a')],
      item: 'doc',
      index: 'index',
      maxConcurrency: 3,
    });
    expect(isForeachResult(result)).toBe(true);
  });

  test('says what came instead of a list', async () => {
    const error = await failureOf(() => runNode('control:foreach', { items: { rows: [] }, body: [] }));
    expect(error.code).toBe('NODE_INPUT_INVALID');
    expect(error.message).toContain('an object with rows');
    expect(error.hint).toContain('items=');
  });
});

function ifConfig(condition: unknown, thenBody: readonly NodeAST[], elseBody?: readonly NodeAST[]) {
  return { condition, then: thenBody, ...(elseBody === undefined ? {} : { else: elseBody }) };
}

describe('control:if', () => {
  test.each([
    [true, 'then', ['t']],
    [false, 'else', ['e']],
  ])('%s takes %s', async (condition, taken, ids) => {
    const result = await runNode('control:if', ifConfig(condition, [node('t')], [node('e')]));
    expect(result).toEqual({ taken, body: ids.map(node) });
    expect(isIfResult(result)).toBe(true);
  });

  test('takes nothing when false without an else', async () => {
    expect(await runNode('control:if', ifConfig(false, [node('t')]))).toEqual({ taken: 'none', body: [] });
  });

  test('refuses a condition that is neither', async () => {
    const error = await failureOf(() => runNode('control:if', ifConfig(1, [])));
    expect(error.code).toBe('FLOW_EXPRESSION_FAILED');
    expect(error.message).toContain('got the number 1');
  });
});

describe('control:branch', () => {
  const never = () => {
    throw new Error('asked too far');
  };

  test('takes the first match that holds and asks no further', async () => {
    const matches = [
      { when: () => false, body: [node('a')] },
      { when: () => true, body: [node('b')] },
      { when: never, body: [node('c')] },
    ];
    const result = await runNode('control:branch', { matches });
    expect(result).toEqual({ taken: 'match', match: 1, body: [node('b')] });
    expect(isBranchResult(result)).toBe(true);
  });

  test('falls to otherwise, or to nothing', async () => {
    const matches = [{ when: () => false, body: [node('a')] }];
    expect(await runNode('control:branch', { matches, otherwise: [node('o')] })).toEqual({
      taken: 'otherwise',
      body: [node('o')],
    });
    expect(await runNode('control:branch', { matches })).toEqual({ taken: 'none', body: [] });
  });
});

describe('control:loop and control:while', () => {
  test('describe their body and cap', async () => {
    const loop = await runNode('control:loop', { body: [node('a')], maxIterations: 5 });
    expect(loop).toEqual({ body: [node('a')], maxIterations: 5, onMax: 'fail' });
    expect(isLoopResult(loop)).toBe(true);
    expect(isWhileResult(loop)).toBe(false);
  });

  test('a while asks its condition whenever it is asked', async () => {
    const answers: unknown[] = [true, false, 'no'];
    const result = await runNode('control:while', {
      body: [],
      maxIterations: 5,
      onMax: 'continue',
      condition: () => answers.shift(),
    });
    if (!isWhileResult(result)) throw new Error('Expected a description of a while.');
    expect([result.condition(), result.condition()]).toEqual([true, false]);
    expect((await failureOf(() => result.condition())).message).toContain('got the text "no"');
  });

  test('need a cap', async () => {
    expect(await failureOf(() => runNode('control:loop', { body: [], maxIterations: 0 }))).toBeInstanceOf(TypeError);
  });
});
