import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Tests import rooms from `dist/` (`#src/*.js`); those that start processes use `lib/`, which is what ships. */
export default function build(): void {
  rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
  run('node_modules/typescript/bin/tsc', '-p', '.');
  run('.ci/bundle.mjs');
}

function run(...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}${stderr}`);
}
