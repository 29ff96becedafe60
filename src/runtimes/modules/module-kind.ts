import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { compileFunction } from 'node:vm';

/** Syntax of ES modules in a file that Node takes for CommonJS. */
export class ModuleKindError extends SyntaxError {
  readonly hint: string;

  constructor(fault: SyntaxError, file: string, packageFile: string) {
    super(fault.message, { cause: fault });
    this.name = 'SyntaxError';
    const place = dirname(packageFile) === dirname(file) ? 'beside it' : `in ${dirname(packageFile)}`;
    this.hint = `The package.json ${place} says "type": "commonjs": name the file ${basename(file, '.js')}.mjs, or set "type": "module" there.`;
  }
}

/**
 * Looks at a `.js` file before Node does, which would print a warning of its own and tell a fault of syntax where there is none.
 * @throws ModuleKindError
 */
export async function assertModuleKind(file: string): Promise<void> {
  if (extname(file) !== '.js') return;
  const owner = await findPackage(dirname(file));
  if (owner?.type !== 'commonjs') return;
  const fault = faultAsCommonJs(await readFile(file, 'utf8'), file);
  if (fault !== undefined && esmOnly.test(fault.message)) throw new ModuleKindError(fault, file, owner.file);
}

/** What V8 says of `import`, `export` and `import.meta` where they may not stand. */
const esmOnly = /^Unexpected token 'export'|^Cannot use (import statement|'import\.meta') outside a module/;

/** Compiles what Node would wrap, and runs nothing. */
function faultAsCommonJs(code: string, filename: string): SyntaxError | undefined {
  try {
    compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename });
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? error : undefined;
  }
}

interface FoundPackage {
  readonly file: string;
  readonly type: unknown;
}

/** The nearest package.json, which decides what `.js` means. */
async function findPackage(folder: string): Promise<FoundPackage | undefined> {
  const file = join(folder, 'package.json');
  const text = basename(folder) === 'node_modules' ? undefined : await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return { file, type: typeIn(text) };
  const above = dirname(folder);
  return above === folder || basename(folder) === 'node_modules' ? undefined : findPackage(above);
}

/** Of a broken package.json Node tells more than could be told here. */
function typeIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}
