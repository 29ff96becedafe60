import { reveal } from '../transport/snapshot.js';
import type { Scope } from './scope.js';

/**
 * Asks a control runtime what a block is. Its answer counts only with its brand: data that looks like it is data.
 * @throws TypeError when the registered runtime answers with anything else
 */
export async function describeBlock<Description>(
  type: string,
  config: unknown,
  isDescription: (value: unknown) => value is Description,
  scope: Scope,
): Promise<Description> {
  const runtime = scope.run.registry.getRuntime(type);
  // Control runtimes only look at their settings; what they get of the run is what any expression there sees.
  const params = {
    config,
    get input() {
      return reveal(scope.input);
    },
    context: undefined as never,
  };
  const described: unknown = await runtime.execute(params);
  if (!isDescription(described)) throw new TypeError(`Expected ${type} to describe its block`);
  return described;
}
