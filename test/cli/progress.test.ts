import { describe, expect, it } from 'vitest';
import { unpainted } from '#src/cli/paint.js';
import { createPlainLog, plainLines } from '#src/cli/plain-lines.js';
import { createProgress, recordEvent } from '#src/cli/progress.js';
import { renderProgress } from '#src/cli/render-progress.js';
import { FlowError } from '#src/errors/flow-error.js';
import type { FlowEvent } from '../../src/types/events.js';
import type { NodeStatus } from '../../src/types/state.js';

const planned = ['load', 'scored', 'save'];

type Unstamped<E> = E extends FlowEvent ? Omit<E, 'runId' | 'at'> : never;
const at = (seconds: number, event: Unstamped<FlowEvent>) => ({ runId: 'r', at: seconds * 1000, ...event }) as FlowEvent;

const started = at(0, { type: 'run.started', workflow: 'rank', mode: 'threads', maxConcurrency: 2, nodes: 3, waves: 3 });
const nodeStarted = (seconds: number, path: string, nodeId = path) => at(seconds, { type: 'node.started', nodeId, path });
const nodeFinished = (seconds: number, path: string, status: NodeStatus = 'completed', nodeId = path, failedAt = path) =>
  at(seconds, {
    type: 'node.finished',
    nodeId,
    path,
    status,
    durationMs: 1500,
    attempts: 1,
    ...(status === 'failed' ? { error: new FlowError('NODE_FAILED', 'no luck\nat all', { path: failedAt }) } : {}),
  });
const block = (seconds: number, done: number, total: number, failed = 0, path = 'scored') =>
  at(seconds, { type: 'block.progress', nodeId: path, path, done, failed, total });

function view(events: readonly FlowEvent[], seconds: number, width = 100): readonly string[] {
  const progress = createProgress(planned);
  for (const event of events) recordEvent(progress, event);
  return renderProgress(progress, seconds * 1000, width, unpainted);
}

describe('live progress', () => {
  const halfWay = [
    started,
    nodeStarted(0, 'load'),
    nodeFinished(1, 'load'),
    nodeStarted(1, 'scored'),
    block(1, 0, 200),
    block(5, 40, 200, 3),
    nodeStarted(5, 'scored[40]/score', 'score'),
    nodeStarted(5, 'scored[41]/score', 'score'),
  ];

  it.each<[string, readonly FlowEvent[], number, readonly string[]]>([
    ['nothing known but the plan', [started], 0, ['rank  0/3 nodes  0s']],
    ['a plain node at work', [started, nodeStarted(0, 'load')], 3, ['rank  0/3 nodes  3s', '  running: load']],
    [
      'a block with done, failed, rate and time left, and what runs in it',
      halfWay,
      5,
      ['rank  1/3 nodes  5s', '  scored  [####----------------]  40/200  20%  3 failed  10/s  16s left', '  running: score x2'],
    ],
    ['a block that has ended', [...halfWay, nodeFinished(6, 'scored')], 6, ['rank  2/3 nodes  6s', '  running: score x2']],
    [
      'a block before its first result',
      [started, block(1, 0, 9)],
      4,
      ['rank  0/3 nodes  4s', '  scored  [--------------------]  0/9  0%'],
    ],
    ['an empty block', [started, block(1, 0, 0)], 4, ['rank  0/3 nodes  4s', '  scored  [####################]  0/0  100%']],
    [
      'slow work by the minute',
      [started, block(0, 1, 3)],
      30,
      ['rank  0/3 nodes  30s', '  scored  [######--------------]  1/3  33%  2.0/min  60s left'].map((line) =>
        line.replace('60s', '1m00s'),
      ),
    ],
    [
      'failures and retries',
      [
        started,
        at(1, { type: 'node.retrying', nodeId: 'load', path: 'load', attempt: 1, delayMs: 5, error: new FlowError('X', 'x') }),
        nodeFinished(2, 'scored[1]/score/fallback/$fail-1', 'failed'),
        at(2, { type: 'node.rescued', nodeId: 'score', path: 'scored[2]/score', error: new FlowError('X', 'x') }),
        nodeFinished(2, 'scored[1]/score', 'failed'),
        nodeFinished(2, 'load', 'failed'),
        nodeFinished(2, 'scored', 'cancelled'),
        nodeFinished(2, 'save', 'skipped'),
      ],
      2,
      ['rank  1/3 nodes (1 skipped)  2s  1 failed  1 cancelled  1 retry  1 fallback'],
    ],
    [
      "a user function's own progress",
      [started, nodeStarted(0, 'load'), at(1, { type: 'progress', nodeId: 'load', path: 'load', done: 30, total: 40 })],
      1,
      ['rank  0/3 nodes  1s', '  running: load 75%'],
    ],
    [
      'named branches: what contains others is not called running',
      [
        started,
        nodeStarted(0, 'scored'),
        block(0, 0, 2),
        nodeStarted(0, 'scored[left]/a', 'a'),
        nodeStarted(0, 'scored[left]/a[2]/b', 'b'),
      ],
      0,
      ['rank  0/3 nodes  0s', '  scored  [--------------------]  0/2  0%', '  running: b'],
    ],
  ])('%s', (_, events, seconds, lines) => {
    expect(view(events, seconds)).toEqual(lines);
  });

  it.each([1, 3, 10, 40, 79])('never draws wider than %i columns', (width) => {
    for (const line of view(halfWay, 5, width)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('shows no control characters of a flow name', () => {
    expect(view([{ ...started, workflow: 'a\n\x1b[2Jb' } as FlowEvent], 0)[0]).toBe('a  [2Jb  0/3 nodes  0s');
  });

  it('bounds the number of block lines', () => {
    const blocks = Array.from({ length: 20 }, (_, index) => block(0, 0, 5, 0, `outer[${index}]/inner`));
    const lines = view([started, ...blocks], 1);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('  and 12 more blocks');
  });

  it('forgets what has finished, so that long runs need no more memory', () => {
    const progress = createProgress(planned);
    for (let index = 0; index < 1000; index++) {
      recordEvent(progress, nodeStarted(1, `scored[${index}]/score`, 'score'));
      recordEvent(progress, nodeFinished(1, `scored[${index}]/score`, 'completed', 'score'));
    }
    expect(progress.running.size).toBe(0);
  });
});

describe('plain progress', () => {
  const lines = (events: readonly FlowEvent[]) => {
    const log = createPlainLog(planned);
    return events.flatMap((event) => plainLines(log, event, unpainted));
  };

  it('tells the start, each top-level node and the end', () => {
    const end = at(9, { type: 'run.finished', status: 'completed', durationMs: 9000 });
    expect(lines([started, nodeStarted(0, 'load'), nodeFinished(1, 'load'), nodeFinished(2, 'save', 'skipped'), end])).toEqual([
      'rank: 3 nodes in 3 waves, mode threads, at most 2 at a time',
      'load done in 1.5s',
      'save skipped',
      'completed in 9.0s: 2/3 nodes (1 skipped)',
    ]);
  });

  it.each<[string, readonly FlowEvent[], string]>([
    ['what never began is cancelled', [nodeFinished(1, 'load')], '1/3 nodes, 2 cancelled'],
    ['once for a node', [nodeFinished(1, 'load'), nodeFinished(1, 'scored', 'failed')], '1/3 nodes, 1 failed, 1 cancelled'],
    [
      'not for what is inside of it, nor for its fallback',
      [
        nodeFinished(1, 'load/fallback/$fail-1', 'failed'),
        nodeFinished(1, 'load', 'failed'),
        nodeFinished(1, 'scored', 'cancelled'),
      ],
      '0/3 nodes, 1 failed, 2 cancelled',
    ],
  ])('counts the nodes of a run that failed: %s', (_, events, counts) => {
    const end = at(9, { type: 'run.finished', status: 'failed', durationMs: 9000 });
    expect(lines([started, ...events, end]).at(-1)).toBe(`failed in 9.0s: ${counts}`);
  });

  it.each([
    [1, ['completed in 9.0s: 0/3 nodes, 1 fallback', '1 failure was made up for by a fallback: scored[0]/score [X] no']],
    [
      2,
      [
        'completed in 9.0s: 0/3 nodes, 2 fallbacks',
        '2 failures were made up for by fallbacks, the first: scored[0]/score [X] no',
      ],
    ],
  ])('tells once of %i failures that fallbacks made up for', (count, told) => {
    const error = new FlowError('X', 'no');
    const rescued = Array.from({ length: count }, (_, index) =>
      at(1, { type: 'node.rescued', nodeId: 'score', path: `scored[${index}]/score`, error }),
    );
    const end = at(9, { type: 'run.finished', status: 'completed', durationMs: 9000 });
    expect(lines([started, ...rescued, end]).slice(1)).toEqual(told);
  });

  it('tells a failure where it arose, and not again where it is passed on', () => {
    const inside = 'scored[0]/score/fallback/$fail-1';
    const passedOn = nodeFinished(1, 'scored[0]/score', 'failed', 'score', inside);
    expect(lines([nodeFinished(1, inside, 'failed'), passedOn])).toEqual([
      'scored[0]/score/fallback/<fail> failed: [NODE_FAILED] no luck',
    ]);
  });

  it('tells of a block at most every two seconds, not at its start nor its end', () => {
    const events = [
      block(0, 0, 100),
      block(0.5, 5, 100),
      block(2, 20, 100),
      block(2.5, 25, 100),
      block(4.5, 45, 100),
      block(9, 100, 100),
    ];
    expect(lines(events)).toEqual(['scored  20/100  20%  10/s  8s left', 'scored  45/100  45%  10/s  6s left']);
  });

  it('names the first failures and retries inside a block, then says that there are more', () => {
    const failures = Array.from({ length: 9 }, (_, index) => nodeFinished(1, `scored[${index}]/score`, 'failed', 'score'));
    const told = lines(failures);
    expect(told).toHaveLength(6);
    expect(told[0]).toBe('scored[0]/score failed: [NODE_FAILED] no luck');
    expect(told[5]).toBe('scored: more failures or retries, not listed');
  });

  it('tells of retries and of what modules log', () => {
    const error = new FlowError('HTTP_STATUS', 'answered 503');
    const retry = at(1, { type: 'node.retrying', nodeId: 'load', path: 'load', attempt: 2, delayMs: 400, error });
    const info = at(1, { type: 'log', nodeId: 'load', path: 'load', level: 'info', message: 'hello \x1b[31mred' });
    const warning = at(1, { type: 'log', nodeId: 'load', path: 'load', level: 'warn', message: 'careful' });
    expect(lines([retry, info, warning])).toEqual([
      'load attempt 2 failed, retry in 400ms: [HTTP_STATUS] answered 503',
      'load: hello red',
      'warn load: careful',
    ]);
  });
});
