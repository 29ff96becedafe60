import { describe, expect, it } from 'vitest';
import { FlowError } from '#src/errors/flow-error.js';
import { StoppedNodes } from '#src/execution/stopped-nodes.js';

describe('what a timeout tells of the nodes it met', () => {
  const timeout = new FlowError('FLOW_TIMEOUT', 'too long', { hint: 'help' });
  const overtaken = (nodes: readonly (readonly [path: string, ranMs: number, endedMs: number])[], path?: string) => {
    const stopped = new StoppedNodes();
    const now = Date.now();
    stopped.begin(timeout);
    for (const [at, ranMs, endedMs] of nodes) {
      stopped.note(timeout, { path: at, startedAt: now - ranMs, endedAt: now + endedMs, stack: undefined });
    }
    return stopped.overtaken(timeout, path);
  };

  it('names those that had run longest and counts the others', () => {
    const nodes = Array.from({ length: 30 }, (_, index) => [`all[${index}]/score`, 1_000 * (index + 1), 100] as const);
    const { message, hint, fields } = overtaken(nodes);
    expect(message).toMatch(/^too long; running then: all\[29\]\/score \(for 30\.\ds\), all\[28\]\/score .* and 25 more$/);
    expect([hint, (fields['running'] as unknown[]).length]).toEqual(['help', 20]);
  });

  it('names none that had ended, began later or lies outside', () => {
    const { message } = overtaken(
      [
        ['p[0]/ended', 5_000, -4_000],
        ['p[0]/late', -1_000, 2_000],
        ['pq/other', 1_000, 10],
        ['p[1]/running', 1_000, 10],
      ],
      'p',
    );
    expect(message).toMatch(/^too long; running then: p\[1\]\/running \(for 1\.\ds\)$/);
  });

  it('says so when none was running', () => {
    expect(overtaken([]).message).toContain('no node was running then');
  });
});
