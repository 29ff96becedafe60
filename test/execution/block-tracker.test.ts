import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { type BlockRules, BlockTracker, type UnitOutcome } from '#src/execution/block-tracker.js';

const rules: BlockRules = {
  total: 4,
  join: { kind: 'all' },
  losers: 'cancel',
  onError: 'fail-fast',
  toleratedFailures: undefined,
};
const ok = (output: unknown): UnitOutcome => ({ status: 'completed', output });
const bad = (code: string): UnitOutcome => ({ status: 'failed', error: new FlowError(code, `failed: ${code}`) });
const cancelled: UnitOutcome = { status: 'cancelled' };

function play(changes: Partial<BlockRules>, outcomes: readonly (readonly [number, UnitOutcome])[]) {
  const tracker = new BlockTracker({ ...rules, ...changes });
  const stops = outcomes.map(([index, outcome]) => {
    tracker.enter(index, outcome);
    return tracker.stop;
  });
  const verdict = tracker.verdict();
  const error = verdict.status === 'failed' ? verdict.error : undefined;
  return { tracker, stops, code: error?.code, others: error?.errors.map(({ code }) => code), winners: tracker.winners() };
}

describe('joining all', () => {
  it('keeps outputs in declared order, whoever ends first', () => {
    const { code, winners } = play({}, [
      [2, ok('c')],
      [0, ok('a')],
      [3, ok('d')],
      [1, ok('b')],
    ]);
    expect(code).toBeUndefined();
    expect(winners).toEqual(['a', 'b', 'c', 'd']);
  });

  it('fail-fast stops the rest at the first failure, drops their echoes and keeps further genuine failures', () => {
    const { stops, code, others, tracker } = play({}, [
      [1, ok('b')],
      [3, bad('LATE')],
      [0, cancelled],
      [2, bad('GENUINE')],
    ]);
    expect(stops).toEqual(['no', 'cancel', 'cancel', 'cancel']);
    expect(code).toBe('LATE');
    expect(others).toEqual(['GENUINE']);
    expect(tracker.outputs).toEqual([null, 'b', null, null]);
  });

  it('finish starts no more but stops nothing, and surfaces the failure that stands first', () => {
    const { stops, code, others } = play({ onError: 'finish' }, [
      [3, bad('D')],
      [1, bad('B')],
    ]);
    expect(stops).toEqual(['start-no-more', 'start-no-more']);
    expect([code, others]).toEqual(['B', ['D']]);
  });

  it('wait runs everything and then fails with every failure', () => {
    const { stops, code, others } = play({ onError: 'wait' }, [
      [3, bad('D')],
      [1, bad('B')],
      [0, ok(1)],
      [2, ok(1)],
    ]);
    expect(stops).toEqual(['no', 'no', 'no', 'no']);
    expect([code, others]).toEqual(['B', ['D']]);
  });

  it('continue completes, with null for what failed and the failures listed in order', () => {
    const { code, winners, tracker } = play({ onError: 'continue' }, [
      [3, bad('D')],
      [0, ok('a')],
      [1, bad('B')],
      [2, ok('c')],
    ]);
    expect(code).toBeUndefined();
    expect(winners).toEqual(['a', null, 'c', null]);
    expect(tracker.failures.map(({ index, error }) => [index, error.code])).toEqual([
      [1, 'B'],
      [3, 'D'],
    ]);
  });
});

describe('tolerated failures', () => {
  it.each([
    ['count', 1, 1, undefined],
    ['count', 1, 2, 'TOLERATED_FAILURES_EXCEEDED'],
    ['count', 0, 1, 'TOLERATED_FAILURES_EXCEEDED'],
    ['percent', 50, 2, undefined],
    ['percent', 50, 3, 'TOLERATED_FAILURES_EXCEEDED'],
    ['percent', 24, 1, 'TOLERATED_FAILURES_EXCEEDED'],
    ['percent', 25, 1, undefined],
    ['percent', 100, 4, undefined],
  ] as const)('%s %d with %d failures of 4 gives %s', (unit, amount, failures, expected) => {
    const outcomes = [0, 1, 2, 3].map((index) => [index, index < failures ? bad('X') : ok(index)] as const);
    for (const onError of ['continue', 'fail-fast', 'wait'] as const) {
      expect(play({ onError, toleratedFailures: { unit, amount } }, outcomes).code).toBe(expected);
    }
  });

  it('stops only once the quota is exceeded', () => {
    const { stops } = play({ toleratedFailures: { unit: 'count', amount: 1 } }, [
      [0, bad('A')],
      [1, bad('B')],
    ]);
    expect(stops).toEqual(['no', 'cancel']);
  });
});

describe('races', () => {
  it('any is won by the first success; its losers are stopped', () => {
    const { stops, winners, code } = play({ join: { kind: 'any' } }, [
      [2, bad('C')],
      [3, ok('d')],
      [0, cancelled],
      [1, cancelled],
    ]);
    expect(stops).toEqual(['no', 'cancel', 'cancel', 'cancel']);
    expect([code, winners]).toEqual([undefined, ['d']]);
  });

  it('losers="wait" lets them run and still counts only the first ones', () => {
    const join = { kind: 'quota', unit: 'count', amount: 2 } as const;
    const { stops, winners } = play({ join, losers: 'wait' }, [
      [3, ok('d')],
      [1, ok('b')],
      [0, ok('a')],
      [2, ok('c')],
    ]);
    expect(stops).toEqual(['no', 'no', 'no', 'no']);
    expect(winners).toEqual(['b', 'd']);
  });

  it('fails as soon as too few are left', () => {
    const join = { kind: 'quota', unit: 'percent', amount: 75 } as const;
    const { stops, code, others } = play({ join }, [
      [0, bad('A')],
      [2, bad('C')],
      [1, cancelled],
      [3, cancelled],
    ]);
    expect(stops).toEqual(['no', 'cancel', 'cancel', 'cancel']);
    expect([code, others]).toEqual(['JOIN_UNREACHABLE', ['A', 'C']]);
  });

  it('counts only branches that were activated', () => {
    const { code } = play({ join: { kind: 'any' }, total: 2 }, [
      [0, { status: 'skipped' }],
      [1, bad('B')],
    ]);
    expect(code).toBe('JOIN_UNREACHABLE');
  });

  it('of nothing gives nothing', () => {
    expect(play({ join: { kind: 'any' }, total: 0 }, []).code).toBeUndefined();
  });
});
