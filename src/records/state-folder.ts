import { writeFileSync } from 'node:fs';
import path from 'node:path';

const ownName = '.flowscript';

/** Where what FlowScript keeps of a flow lies: records, results, times. Beside the flow file, unless another folder was given. */
export function stateDirectoryOf(flowFile: string, given: string | undefined): string {
  return path.resolve(given ?? path.join(path.dirname(path.resolve(flowFile)), ownName));
}

/** The folder of the cache in a state folder. */
export function cacheFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'cache');
}

/** What is in the state folder is of this machine alone. A folder of another name may hold what is the user's. */
export function hideFromGit(stateDirectory: string): void {
  if (path.basename(stateDirectory) !== ownName) return;
  try {
    writeFileSync(path.join(stateDirectory, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there already, or cannot be written: what matters is told by whoever writes next.
  }
}
