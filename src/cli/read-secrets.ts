import { FlowError } from '../errors/flow-error.js';
import { givenText } from '../execution/given-values.js';
import type { DeclarationAST } from '../types/ast.js';
import { parseDotenv } from './parse-dotenv.js';
import { readGivenFile } from './read-given-file.js';

const hint = 'It holds one NAME=value a line, as .env files do.';

/**
 * Values of the declared secrets that are there: from the dotenv file where it names them, else from `env`.
 * What is missing the engine reports, before anything runs.
 * @throws FlowError CONFIG_INVALID when the file cannot be read, or a line of it is none of a dotenv file
 */
export async function readSecrets(
  declared: readonly DeclarationAST[],
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const fromFile = file === undefined ? {} : await readSecretsFile(file);
  const entries = declared.flatMap(({ name }) => {
    const value = givenText(fromFile, name) ?? givenText(env, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

async function readSecretsFile(file: string): Promise<Readonly<Record<string, string>>> {
  const { values, faults } = parseDotenv(await readGivenFile(file, 'secrets file', hint));
  const [first, ...rest] = faults;
  if (first === undefined) return values;
  const others = rest.length === 0 ? '' : ` (and ${rest.length} more ${rest.length === 1 ? 'line' : 'lines'} at fault)`;
  // Without a frame: what stands there may be a secret.
  throw new FlowError('CONFIG_INVALID', `${file}:${first.line}: ${first.message}${others}`, { hint: first.hint });
}
