import type { Command } from 'commander';
import { addVerb, examples, type OnExit } from './define-verb.js';
import { parsePresent, parseSize, parseTimeout } from './option-values.js';

export function addCache(program: Command, onExit: OnExit): void {
  const cache = addVerb(program, 'cache', 'list, check or clear what the cache keeps of earlier runs');
  const add = (name: string, summary: string): Command =>
    addVerb(cache, name, summary, `cache ${name}`)
      .argument('[flow]', 'flow file, or the folder it lies in', '.')
      .option('--state-dir <dir>', 'where the cache lies (default: .flowscript beside the flow)', parsePresent)
      .option('--json', 'as JSON');
  add('ls', 'what is there, by node').action(async (flow, options) => {
    onExit(await (await import('./cache.js')).listCache(flow, options));
  });
  add('verify', 'read every result, and remove what is damaged (exit code 1 if something was)').action(async (flow, options) => {
    onExit(await (await import('./cache.js')).verifyEntries(flow, options));
  });
  add('prune', 'remove results')
    .option('--older-than <duration>', 'those not used for longer: 12h, 7d', parseTimeout)
    .option('--max-size <size>', 'those not used for longest, until the rest takes no more: 500MB, 1GB', parseSize)
    .option('--all', 'everything')
    .addHelpText('after', examples('flowscript cache prune --older-than 7d'))
    .action(async (flow, options) => onExit(await (await import('./cache.js')).pruneEntries(flow, options)));
}
