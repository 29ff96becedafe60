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
 * Writes to stdout the elements of the language, those of one category, or what one of them takes.
 * @throws FlowError CONFIG_INVALID for an element that does not exist
 */
export async function nodes(wanted: string | undefined, { json, plugin }: NodesCommandOptions): Promise<ExitCode> {
  const { describeElement, elementNames } = await loadElements(plugin ?? []);
  const names = elementNames();
  const all = names.flatMap((name) => describeElement(name) ?? []);
  const listed = wanted === undefined ? all : all.filter(({ category }) => category === wanted);
  const paint = paintFor(process.stdout);
  if (listed.length > 0) write(json ? JSON.stringify(listed) : renderElementList(listed, paint));
  else {
    const element = describeElement(wanted ?? '') ?? refuse(wanted ?? '', names);
    write(json ? JSON.stringify(element) : renderElement(element, paint));
  }
  return exitCodes.done;
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
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

/** People leave the category out, `http` may be `source:http` or `sink:http`, and begin names that they do not end. */
function suggest(name: string, known: readonly string[]): string {
  const localOf = (element: string): string => element.split(':')[1] ?? element;
  const exact = known.filter((element) => localOf(element) === name);
  const begun = name.length < 3 ? [] : known.filter((element) => localOf(element).startsWith(name) || element.startsWith(name));
  const meant = exact.length > 0 ? exact : begun.slice(0, mostSuggested);
  if (meant.length > 0) return `Did you mean ${meant.map((element) => `"${element}"`).join(' or ')}?`;
  const nearest = nearestName(name, [...known, ...known.map(localOf)]);
  const full = known.find((element) => element === nearest || localOf(element) === nearest);
  if (full !== undefined) return `Did you mean "${full}"?`;
  return `flowscript nodes lists what there is.${name.includes(':') ? ' A type of a plugin needs --plugin MODULE.' : ''}`;
}

const mostSuggested = 3;
