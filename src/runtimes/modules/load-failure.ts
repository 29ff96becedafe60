import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asError } from '../../errors/as-error.js';
import { FlowError } from '../../errors/flow-error.js';
import { ModuleKindError } from './module-kind.js';

interface Place {
  readonly line: number;
  readonly column: number;
}

/** MODULE_INVALID for a module that is there but cannot be loaded, with the line at fault in the message and in `fields`. */
export async function explainLoadFailure(thrown: unknown, file: string, src: string): Promise<FlowError> {
  const cause = asError(thrown);
  const reason = cause.message
    .split('\n')[0]
    ?.replace(/^ParseError: /, '')
    .trim();
  const place = placeInStack(cause, file) ?? (isSyntaxError(cause) ? await placeOfSyntaxFault(file) : undefined);
  const at = place === undefined ? '' : `:${place.line}:${place.column}`;
  return new FlowError('MODULE_INVALID', `Cannot load ${src}${at}: ${reason}`, {
    // Of a syntax error with its place there is no more to tell.
    ...(isJitiFault(cause) && place !== undefined ? {} : { cause }),
    hint: hintFor(cause),
    fields: place === undefined ? { file } : { file, ...place },
  });
}

/** The topmost stack line in the module itself. */
function placeInStack(cause: Error, file: string): Place | undefined {
  const said = placeIn(cause.message, file);
  if (said !== undefined) return isJitiFault(cause) ? { ...said, column: said.column + 1 } : said;
  return placeIn(cause.stack ?? '', file);
}

function placeIn(text: string, file: string): Place | undefined {
  for (const name of [pathToFileURL(file).href, file]) {
    const after = text.split(`${name}:`)[1];
    const match = /^(\d+):(\d+)/.exec(after ?? '');
    if (match !== null) return { line: Number(match[1]), column: Number(match[2]) };
  }
  return undefined;
}

function isSyntaxError(cause: Error): boolean {
  return cause.name === 'SyntaxError' || isJitiFault(cause);
}

/** jiti puts the place of a syntax error into the message, and counts columns from 0 there. */
function isJitiFault({ message }: Error): boolean {
  return message.startsWith('ParseError: ');
}

/** Node keeps the place of a syntax error in an ES module to itself, so jiti's parser is asked for it. It runs nothing. */
async function placeOfSyntaxFault(file: string): Promise<Place | undefined> {
  try {
    const { createJiti } = await import('jiti');
    const source = await readFile(file, 'utf8');
    const code = createJiti(file).transform({ source, filename: file, ts: /ts$/.test(extname(file)) });
    const fault = /^exports\.__JITI_ERROR__ = (\{.*\})/m.exec(code)?.[1];
    return fault === undefined ? undefined : toPlace(JSON.parse(fault));
  } catch {
    // The place is a courtesy; the fault itself is reported without it.
    return undefined;
  }
}

/** jiti counts columns from 0 here. */
function toPlace(fault: Partial<Place>): Place | undefined {
  const { line, column } = fault;
  return typeof line === 'number' && typeof column === 'number' ? { line, column: column + 1 } : undefined;
}

/** A command that was installed globally is no package that a module could import. */
const missingFlowscript =
  'The folder of the flow needs the package itself: run `npm install flowscript` in it, or with a clone `npm link` in the clone and `npm link flowscript` in the folder.';

function hintFor(cause: Error): string {
  if (cause instanceof ModuleKindError) return cause.hint;
  const code = 'code' in cause ? cause.code : undefined;
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  if (isMissing && /'flowscript(\/transform)?'/.test(cause.message)) return missingFlowscript;
  if (isMissing) return 'It imports something that is not there: check its imports and run npm install.';
  if (code === 'EACCES' || code === 'EPERM') return 'You may not read it: look at its permissions and those of its folders.';
  if (code === 'ERR_IMPORT_ASSERTION_TYPE_MISSING' || code === 'ERR_IMPORT_ATTRIBUTE_MISSING')
    return 'A module is JavaScript or TypeScript; `source:file` reads data.';
  return isSyntaxError(cause) ? 'Correct the syntax.' : 'The module fails while it loads, before its function is called.';
}
