import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expectSpoken, inRoom } from '../command.js';
import { realFlows } from '../corpus.js';
import type { Kind } from '../kind.js';
import { gentleEdit, harshEdit, mutated, settingValues } from '../mutations.js';

interface Case {
  readonly text: string;
  readonly args: readonly string[];
  readonly stdin: string;
}

const words = fc.constantFrom(
  ...[
    'run',
    'validate',
    'plan',
    'nodes',
    'init',
    'bench',
    'import',
    'rnu',
    '--help',
    '--version',
    '-h',
    '--',
    '-',
    '',
    '--json',
    '--quiet',
    '--nope',
    '-x',
    '__proto__',
    'constructor',
    'FLOW',
    'FLOW',
    'FLOW',
    '/',
    '.',
    '/dev/null',
    'nowhere.xml',
  ],
  ...[
    '--input',
    '--input=[1, 2',
    '--input={}',
    '--input=-',
    '--input=@FLOW',
    '--input=@/',
    '-s',
    '--set=a=1',
    '--set=top=3',
    '--set=__proto__=1',
    '--set=',
    '--set==',
    '--mode=async',
    '--mode=toString',
    '--timeout=1s',
    '--timeout=1',
    '--timeout=-1s',
  ],
  ...[
    '--max-concurrency=2',
    '--max-concurrency=0',
    '--max-concurrency=1e9',
    '--output=/',
    '--output=/dev/full',
    '--secrets-file=FLOW',
    '--secrets-file=/',
    '--plugin=FLOW',
    '--plugin=nope',
    '--worker-memory=0',
    '--format=json',
    '--format=dot',
    '--format=x',
    'wfformat',
    'foreach',
    'source:http',
    '--scale=NaN',
  ],
);

/** Verbs that never run what a mutated author wrote: that is done where nothing is written and nobody called. */
const checking = fc.oneof(
  fc
    .tuple(fc.constantFrom('validate', 'plan'), fc.array(words, { maxLength: 3 }))
    .map(([verb, more]) => [verb, 'FLOW', ...more.filter((word) => !['run', 'init', 'bench', 'import'].includes(word))]),
  fc.array(words, { maxLength: 5 }).map((all) => ['nodes', ...all]),
  fc
    .array(words, { maxLength: 4 })
    .map((all) => ['import', 'wfformat', 'FLOW', ...all.filter((word) => !word.startsWith('--output'))]),
);
const calling = fc
  .tuple(words, fc.array(words, { maxLength: 6 }))
  .map(([first, rest]) => [first, ...rest].filter((word) => !['init', 'bench', 'import'].includes(word)));

const plain =
  '<workflow name="plain"><config><param name="top" type="number" default="1"/></config><source:value id="a" value="config.top"/></workflow>';

/** The command as a process of its own: exit codes, stderr, and that it ends. */
export const commandLine: Kind<Case> = {
  name: 'command-line',
  share: 1,
  cases: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        text: mutated(realFlows, fc.oneof(gentleEdit, harshEdit), 4),
        args: checking,
        stdin: fc.constant(''),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        text: fc.constant(plain),
        args: calling,
        stdin: fc.oneof(fc.constantFrom('', '[1', '\u0000'), fc.json()),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        text: fc.constantFrom(...settingValues).map((value) => plain.replace('config.top', () => value.replaceAll(/[<&"]/g, ''))),
        args: fc.constant(['run', 'FLOW', '--mode=async', '--timeout=5s', '--quiet']),
        stdin: fc.constant(''),
      }),
    },
  ),
  check({ text, args, stdin }) {
    return inRoom((folder) => {
      writeFileSync(join(folder, 'flow.xml'), text);
      return expectSpoken(
        args.map((word) => word.replace('FLOW', 'flow.xml')),
        stdin,
        folder,
      );
    });
  },
};
