import { describe, expect, it } from 'vitest';
import { createLiveReporter } from '#src/cli/live-reporter.js';
import { unpainted } from '#src/cli/paint.js';
import type { FlowEvent } from '../../src/types/events.js';

const stamp = { runId: 'r', at: Date.now() };
const started = { ...stamp, type: 'run.started', workflow: 'w', mode: 'threads', maxConcurrency: 2, nodes: 1, waves: 1 } as const;
const working = { ...stamp, type: 'node.started', nodeId: 'a', path: 'a' } as const;
const finished: FlowEvent = { ...stamp, type: 'run.finished', status: 'completed', durationMs: 5 };

/** A terminal that tells when it has been shown something. */
function createScreen(columns = 40) {
  let written = '';
  const waiting = new Map<string, () => void>();
  const write = (text: string) => {
    written += text;
    for (const [awaited, resolve] of waiting) if (written.includes(awaited)) resolve();
  };
  const shows = (text: string) => new Promise<void>((resolve) => waiting.set(text, resolve));
  return { reporter: createLiveReporter(write, unpainted, ['a'], () => columns), shows, written: () => written };
}

describe('the live reporter', () => {
  it('draws while the run goes on, and takes the drawing back before the last line', async () => {
    const { reporter, shows, written } = createScreen();
    const drawn = shows('  running: a\n');
    reporter.onEvent(started);
    reporter.onEvent(working);
    await drawn;
    reporter.onEvent(finished);
    expect(written().endsWith('\x1b[2A\x1b[0J\x1b[?25hcompleted in 5ms: 0/1 nodes\n')).toBe(true);
  });

  it('puts whole lines above the drawing, whatever a module prints', async () => {
    const { reporter, shows, written } = createScreen();
    const drawn = shows('running: a');
    reporter.onEvent(started);
    reporter.onEvent(working);
    await drawn;
    reporter.onPrinted('half a line');
    expect(written().endsWith('\x1b[2A\x1b[0Jhalf a line\n')).toBe(true);
    reporter.close();
  });

  it('closes once, also when nothing was drawn', () => {
    const { reporter, written } = createScreen();
    reporter.close();
    reporter.close();
    expect(written()).toBe('\x1b[?25h');
  });
});
