import { describeValue } from '../errors/describe-value.js';

/** @throws TypeError for what `loadWorkflow` and `parseWorkflow` have not given; `of` is the function that was given it */
export function assertWorkflow(workflow: unknown, of: string): void {
  if (typeof workflow === 'object' && workflow !== null && 'ast' in workflow) return;
  const what = workflow instanceof Promise ? 'a promise of one: await it' : describeValue(workflow);
  throw new TypeError(`Expected the workflow of ${of} to be one that loadWorkflow or parseWorkflow gave, got ${what}`);
}
