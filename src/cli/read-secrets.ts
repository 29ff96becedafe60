import { parseEnv } from 'node:util';
import { givenText } from '../execution/given-values.js';
import type { DeclarationAST } from '../types/ast.js';
import { readGivenFile } from './read-given-file.js';

const hint = 'It holds one NAME=value a line, as .env files do.';

/**
 * Values of the declared secrets that are there: from the dotenv file where it names them, else from `env`.
 * What is missing the engine reports, before anything runs.
 * @throws FlowError CONFIG_INVALID when the file cannot be read
 */
export async function readSecrets(
  declared: readonly DeclarationAST[],
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const fromFile: NodeJS.Dict<string> = file === undefined ? {} : parseEnv(await readGivenFile(file, 'secrets file', hint));
  const entries = declared.flatMap(({ name }) => {
    const value = givenText(fromFile, name) ?? givenText(env, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}
