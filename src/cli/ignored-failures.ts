import type { FlowEvent } from '../types/events.js';

export interface FailureCount {
  /** Passes events on and looks at them. */
  onEvent(event: FlowEvent): void;
  /** Nodes that failed for good in a run that completed all the same. */
  ignored(): number;
}

/** Failures that a flow lets pass (`onError="continue"`, `toleratedFailures`, a `join` that is reached without them) must be seen all the same. */
export function countFailures(onEvent: (event: FlowEvent) => void): FailureCount {
  let failed = 0;
  let isCompleted = false;
  return {
    onEvent(event) {
      if (event.type === 'node.finished' && event.status === 'failed') failed++;
      if (event.type === 'run.finished') isCompleted = event.status === 'completed';
      onEvent(event);
    },
    ignored: () => (isCompleted ? failed : 0),
  };
}

export function ignoredNote(count: number): string {
  return `warning: ${count === 1 ? '1 failure was' : `${count} failures were`} ignored, as the flow says (onError, toleratedFailures, join)`;
}
