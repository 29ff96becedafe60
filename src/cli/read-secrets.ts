import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { FlowError } from '../errors/flow-error.js';
import { givenText } from '../execution/settings.js';
import type { DeclarationAST } from '../types/ast.js';

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
  const fromFile: NodeJS.Dict<string> = file === undefined ? {} : parseEnv(await readSecretsFile(file));
  const entries = declared.flatMap(({ name }) => {
    const value = givenText(fromFile, name) ?? givenText(env, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

async function readSecretsFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const hint = 'It holds one NAME=value a line, as .env files do.';
    throw new FlowError('CONFIG_INVALID', `The secrets file ${file} cannot be read`, { cause, hint });
  }
}
