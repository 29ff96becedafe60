import { spawn } from 'node:child_process';

/**
 * Runs Node on these arguments to its end and gives back its stdout.
 * @throws Error with its stderr when it fails
 */
export async function runNode(args: readonly string[], cwd?: string): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  // A benchmark that is given up must not leave a process behind that disturbs the next.
  process.once('exit', kill);
  process.once('SIGTERM', exit);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  process.off('exit', kill);
  process.off('SIGTERM', exit);
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${stderr.slice(-500)}`);
  return stdout;
}

function exit(): never {
  process.exit(1);
}
