import { FlowError } from '../errors/flow-error.js';
import { nearestName } from '../errors/nearest.js';
import { type ExitCode, exitCodes } from './exit-code.js';
import { paintFor } from './paint.js';
import { renderElement, renderElementList } from './render-element.js';

export interface NodesCommandOptions {
  readonly json?: true;
  readonly plugin?: readonly string[];
}

/**
 * Writes the elements of the language to stdout, or what one of them takes.
 * @throws FlowError CONFIG_INVALID for an element that does not exist
 */
export async function nodes(type: string | undefined, { json, plugin }: NodesCommandOptions): Promise<ExitCode> {
  const { describeElement, elementNames } = await loadElements(plugin ?? []);
  const names = type === undefined ? elementNames() : [type];
  const elements = names.map((name) => describeElement(name) ?? refuse(name, elementNames()));
  const [first] = elements;
  const paint = paintFor(process.stdout);
  const text = type !== undefined && first !== undefined ? renderElement(first, paint) : renderElementList(elements, paint);
  const data = type === undefined ? elements : first;
  process.stdout.write(`${json ? JSON.stringify(data) : text}\n`);
  return exitCodes.done;
}

async function loadElements(plugins: readonly string[]) {
  const [description, { loadPlugins }] = await Promise.all([
    import('../runtimes/settings/describe.js'),
    import('../runtimes/plugins.js'),
    import('../runtimes/index.js'),
  ]);
  await loadPlugins(plugins);
  return description;
}

function refuse(name: string, known: readonly string[]): never {
  throw new FlowError('CONFIG_INVALID', `There is no element "${name}"`, { hint: suggest(name, known) });
}

/** People leave the category out: `http` may be `source:http` or `sink:http`. */
function suggest(name: string, known: readonly string[]): string {
  const sameLocal = known.filter((element) => element.split(':')[1] === name);
  if (sameLocal.length > 0) return `Did you mean ${sameLocal.map((element) => `"${element}"`).join(' or ')}?`;
  const nearest = nearestName(name, known);
  return nearest === undefined ? 'flowscript nodes lists what there is.' : `Did you mean "${nearest}"?`;
}
