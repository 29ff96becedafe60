import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assertFile } from './assert-file.js';
import { explainLoadFailure } from './load-failure.js';

const typeScript: readonly string[] = ['.ts', '.mts', '.cts'];

/**
 * A module's namespace. TypeScript is loaded natively where Node strips types, else through jiti.
 * @throws FlowError MODULE_NOT_FOUND, MODULE_INVALID
 */
export async function importFile(file: string, src: string, flowDirectory: string): Promise<Readonly<Record<string, unknown>>> {
  await assertFile(file, src, flowDirectory);
  try {
    return typeScript.includes(extname(file)) ? await importTypeScript(file) : await import(pathToFileURL(file).href);
  } catch (cause) {
    throw await explainLoadFailure(cause, file, src);
  }
}

async function importTypeScript(file: string): Promise<Readonly<Record<string, unknown>>> {
  // Node 20's types do not know the field; later versions say "strip" or "transform".
  const { typescript: native } = process.features as { readonly typescript?: unknown };
  if (!native) return importWithJiti(file);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    // Enums and parameter properties need more than stripping.
    const unsupported = error instanceof Error && 'code' in error && error.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX';
    if (unsupported) return importWithJiti(file);
    throw error;
  }
}

async function importWithJiti(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { createJiti } = await import('jiti');
  return createJiti(pathToFileURL(file).href).import(file);
}
