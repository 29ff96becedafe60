import { renderError } from '#src/cli/render-error.js';
import { errorCodes } from '#src/errors/codes.js';
import { FlowError } from '#src/errors/flow-error.js';
import { Broken, expectThat } from './kind.js';

const longestMessage = 3_000;
const longestRendering = 40_000;
/**
 * A place in our own code, where only the author's may stand. Threads of this process start from `lib/`, which `dist/` takes for an
 * author's: the kind `command-line`, all of it `lib/`, looks at those.
 */
const ownFrame = /^\s+at .*(?:\/dist\/(?:src|workers)\/|node:internal|node_modules)/m;

/** Errors that flows of the fuzzer throw on purpose. */
const userCodes = new Set(['PURPOSE', 'ODD', 'NO']);

/** A failure may only be a `FlowError` with a known code, short, in its place, that is shown without a stack of ours. */
export function expectFlowError(
  error: unknown,
  text: string,
  codes: (code: string) => boolean = () => true,
): asserts error is FlowError {
  if (!(error instanceof FlowError)) throw new Broken(`no FlowError but ${error instanceof Error ? error.stack : String(error)}`);
  const { code, message, source } = error;
  expectThat(Object.hasOwn(errorCodes, code) || userCodes.has(code) || codes(code), () => `unknown code ${code}: ${message}`);
  expectThat(message.trim() !== '', () => `${code} says nothing`);
  expectThat(
    message.length <= longestMessage || userCodes.has(code),
    () => `${code} has a message of ${message.length} characters: ${message.slice(0, 300)}`,
  );
  expectThat(
    !/internal|undefined is not|is not a function|Cannot read prop|\[object /.test(message) ||
      /PURPOSE|MODULE|NODE_FAILED|^FILE_|^PATH_/.test(code),
    () => `${code} tells of our insides: ${message}`,
  );
  if (source !== undefined) {
    const lines = text.split(/\r\n|\r|\n/).length;
    expectThat(
      source.line >= 1 && source.line <= lines && source.column >= 1,
      () => `${code} at ${source.line}:${source.column} of ${lines} lines`,
    );
  }
  const shown = renderError(error, { paint: (_style, words) => words, readSource: () => text, directory: '/' });
  expectThat(shown.length <= longestRendering || userCodes.has(code), () => `${code} is shown in ${shown.length} characters`);
  expectThat(!ownFrame.test(shown), () => `a stack is shown:\n${shown}`);
  expectThat(!/[^\P{Cc}\t\n]/u.test(shown), () => `control characters are shown: ${JSON.stringify(shown)}`);
}
