import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineOptions, FlowEvent, RunOptions, RunResult } from '#src/index.js';
import { root } from './workspace.js';

/** `?` of what may be absent. A member too many or too few does not compile (`npm run check:types`). */
type Members<T> = { readonly [Name in keyof T]-?: Record<never, never> extends Pick<T, Name> ? '?' : '' };
type OwnMembers<Type extends FlowEvent['type']> = Members<
  Omit<Extract<FlowEvent, { readonly type: Type }>, 'type' | 'runId' | 'at'>
>;

const engineOptions: Members<EngineOptions> = { maxConcurrency: '?', mode: '?', plugins: '?', workerMemoryMb: '?', graceMs: '?' };

const runOptions: Members<RunOptions> = {
  input: '?',
  config: '?',
  secrets: '?',
  env: '?',
  signal: '?',
  timeoutMs: '?',
  onEvent: '?',
  onNotice: '?',
  record: '?',
  resume: '?',
  cache: '?',
  timings: '?',
  stateDirectory: '?',
  chaos: '?',
};

const runResult: Members<RunResult> = {
  status: '',
  output: '',
  error: '?',
  state: '',
  runId: '',
  durationMs: '',
  mode: '',
  maxConcurrency: '',
  ignoredFailures: '',
  cache: '?',
  faults: '?',
};

const node = { nodeId: '', path: '' } as const;
const events: { readonly [Type in FlowEvent['type']]: OwnMembers<Type> } = {
  'run.started': { workflow: '', mode: '', maxConcurrency: '', nodes: '', waves: '' },
  'node.started': node,
  'node.finished': { ...node, status: '', durationMs: '', attempts: '', place: '?', reused: '?', error: '?' },
  'node.retrying': { ...node, attempt: '', delayMs: '', error: '' },
  'node.rescued': { ...node, error: '' },
  'block.progress': { ...node, done: '', failed: '', total: '?', reused: '?', onMain: '?' },
  log: { ...node, level: '', message: '' },
  progress: { ...node, done: '', total: '?' },
  fault: { ...node, kind: '', attempt: '' },
  'run.finished': { status: '', durationMs: '', error: '?', faults: '?' },
};

const page = readFileSync(join(root, 'docs/library.md'), 'utf8');

describe('docs/library.md', () => {
  it.each([
    ['EngineOptions', engineOptions],
    ['RunOptions', runOptions],
    ['RunResult', runResult],
  ])('lists every member of %s', (type, members) => {
    expect(tableOf(type).map(([first = '']) => unquoted(first))).toEqual(namesOf(members));
  });

  it('lists every event with its fields', () => {
    const listed = tableOf('FlowEvent').map(([type = '', fields = '']) => [unquoted(type), fields.split(' ').map(unquoted)]);
    expect(listed).toEqual(Object.entries(events).map(([type, members]) => [type, namesOf(members)]));
  });
});

/** The cells of each row of the table below a comment with that name. */
function tableOf(name: string): readonly (readonly string[])[] {
  const [, table = ''] = new RegExp(`<!-- ${name} -->\\n((?:\\|.*\\n)+)`).exec(page) ?? [];
  const [, , ...rows] = table.trimEnd().split('\n');
  return rows.map((row) => row.split(/ ?\| ?/).slice(1, -1));
}

function namesOf(members: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(members).map(([name, mark]) => name + mark);
}

function unquoted(cell: string): string {
  return cell.replaceAll('`', '');
}
