import { fileURLToPath } from 'node:url';
import type { FlowError } from '../errors/flow-error.js';
import { nodeError } from './node-error.js';

/** An error that belongs to no task: told to whoever asked for it, else by a warning of the process. */
export function warnOfStray(thrown: unknown, onWarning?: (warning: FlowError) => void): void {
  const warning = nodeError(thrown, {});
  if (onWarning !== undefined) onWarning(warning);
  else
    process.emitWarning(`An error escaped from node code after its task had ended: ${warning.message}`, {
      detail: foreignLines(warning.stack ?? ''),
    });
}

/** The build this file is part of. */
const ownFolder = fileURLToPath(new URL('../..', import.meta.url));

/** A stack without lines of FlowScript, of Node and of what loads TypeScript, which tell its author nothing. */
function foreignLines(stack: string): string {
  const lines = stack.split('\n');
  return lines.filter((line) => !/^\s+at /.test(line) || !isOurs(line)).join('\n');
}

function isOurs(frame: string): boolean {
  return frame.includes(ownFolder) || frame.includes('node:') || /[\\/]node_modules[\\/]jiti[\\/]/.test(frame);
}
