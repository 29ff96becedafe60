import { describeValue } from '../errors/describe-value.js';

/** @throws TypeError for what `loadWorkflow` and `parseWorkflow` have not given; `of` is the function that was given it */
export function assertWorkflow(workflow: unknown, of: string): void {
  if (hasTree(workflow) && workflow.analysis?.compiled instanceof Map) return;
  throw new TypeError(
    `Expected the workflow of ${of} to be one that loadWorkflow or parseWorkflow gave, got ${describe(workflow)}`,
  );
}

function describe(workflow: unknown): string {
  if (workflow instanceof Promise) return 'a promise of one: await it';
  if (hasTree(workflow)) return 'a copy without its expressions, as JSON leaves it: keep the text, and parse that';
  return describeValue(workflow);
}

function hasTree(workflow: unknown): workflow is { readonly ast: unknown; readonly analysis?: { readonly compiled?: unknown } } {
  return typeof workflow === 'object' && workflow !== null && 'ast' in workflow;
}
