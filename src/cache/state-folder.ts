import path from 'node:path';

/** Where a flow's state lies: its cache, and what explains it. */
export function stateDirectoryOf(flowFile: string, given: string | undefined): string {
  return path.resolve(given ?? path.join(path.dirname(path.resolve(flowFile)), '.flowscript'));
}

/** The folder of the cache in a state folder. */
export function cacheFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'cache');
}
