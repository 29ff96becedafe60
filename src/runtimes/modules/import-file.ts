import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assertFile } from './assert-file.js';
import { explainLoadFailure } from './load-failure.js';
import { assertModuleKind } from './module-kind.js';
import { jitiOptions, TranspiledStacks } from './transpiled-stacks.js';

const typeScript: readonly string[] = ['.ts', '.mts', '.cts'];

export interface ImportedFile {
  readonly namespace: Readonly<Record<string, unknown>>;
  /** Of code that is not run as it is written. */
  readonly stacks?: TranspiledStacks;
}

/**
 * A module. TypeScript is loaded natively where Node strips types, else through jiti.
 * @throws FlowError MODULE_NOT_FOUND, MODULE_INVALID
 */
export async function importFile(file: string, src: string, flowDirectory: string): Promise<ImportedFile> {
  await assertFile(file, src, flowDirectory);
  try {
    return typeScript.includes(extname(file)) ? await importTypeScript(file) : await importNatively(file);
  } catch (cause) {
    throw await explainLoadFailure(cause, file, src);
  }
}

async function importNatively(file: string): Promise<ImportedFile> {
  await assertModuleKind(file);
  return { namespace: await import(pathToFileURL(file).href) };
}

async function importTypeScript(file: string): Promise<ImportedFile> {
  // Node 20's types do not know the field; later versions say "strip" or "transform".
  const { typescript: native } = process.features as { readonly typescript?: unknown };
  if (!native) return importWithJiti(file);
  try {
    return await importNatively(file);
  } catch (error) {
    // Enums and parameter properties need more than stripping.
    const unsupported = error instanceof Error && 'code' in error && error.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX';
    if (unsupported) return importWithJiti(file);
    throw error;
  }
}

async function importWithJiti(file: string): Promise<ImportedFile> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(file).href, jitiOptions);
  const stacks = new TranspiledStacks(jiti, Date.now());
  try {
    return { namespace: await jiti.import(file), stacks };
  } catch (error) {
    stacks.restore(error);
    throw error;
  }
}
