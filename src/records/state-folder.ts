import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where what FlowScript keeps of a flow lies: records, results, times. Beside the flow file, unless another folder was given. */
export function stateDirectoryOf(flowFile: string, given: string | undefined): string {
  return path.resolve(given ?? path.join(path.dirname(path.resolve(flowFile)), '.flowscript'));
}

/** The folder of the cache in a state folder. */
export function cacheFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'cache');
}

/** What is in the state folder is of this machine alone. The folder is there already. */
export function hideFromGit(stateDirectory: string): void {
  try {
    writeFileSync(path.join(stateDirectory, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there already, or cannot be written: what matters is told by whoever writes next.
  }
}
