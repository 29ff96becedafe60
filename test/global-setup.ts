import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Tests import the build (`#src/*.js`), so that the worker file that ships is the one that is tested. */
export default function build(): void {
  rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
  const { status, stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
}
