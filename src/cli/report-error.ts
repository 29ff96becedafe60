import { describeError } from '../errors/describe-error.js';
import { FlowError, FlowValidationError } from '../errors/flow-error.js';
import { type ExitCode, exitCodeOf } from './exit-code.js';
import { paintFor } from './paint.js';
import { createSourceReader } from './read-source.js';
import { currentFolder } from './working-folder.js';

/** Writes why nothing could run to stderr, as text or as one line of JSON, and gives back the exit code. */
export async function reportError(error: unknown, format: 'text' | 'json'): Promise<ExitCode> {
  const text = format === 'json' ? JSON.stringify({ type: 'error', error: describeError(error) }) : await renderAny(error);
  process.stderr.write(`${text}\n`);
  return exitCodeOf(error);
}

async function renderAny(error: unknown): Promise<string> {
  const { renderError, renderInternalError } = await import('./render-error.js');
  const paint = paintFor(process.stderr);
  if (!(error instanceof FlowError)) return renderInternalError(error, paint);
  const rendering = { paint, readSource: createSourceReader(), directory: currentFolder() ?? '/' };
  if (!(error instanceof FlowValidationError) && error.errors.length === 0) return renderError(error, rendering);
  const { renderFaults, renderFaultCount } = await import('./render-faults.js');
  if (!(error instanceof FlowValidationError)) {
    const faults = error.separated();
    return `${renderFaults(faults, rendering, '--json')}\n\n${paint('red', `${faults.length} faults in what the flow was given`)}`;
  }
  return `${renderFaults(error.faults, rendering)}\n\n${renderFaultCount([error.faults.length], paint)}`;
}
