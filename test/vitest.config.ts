import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Processes of their own and nothing beside them: they fill the memory or all threads, or measure either. The last three look at
 * all types that there are, to which plugins of other tests would have added theirs.
 */
const alone = [
  ...['dispatch/auto', 'dispatch/threads', 'end-to-end/memory', 'execution/memory'],
  ...['faults/*', 'fuzz/*', 'soak/*', 'runtimes/registry', 'runtimes/plugins', 'runtimes/settings/catalog'],
].map((name) => `test/${name}.test.ts`);

const root = fileURLToPath(new URL('..', import.meta.url));
const built = new RegExp(`^${root.replace(/\W/g, '\\$&')}(dist|lib)/`);
const shared = {
  root,
  pool: 'forks' as const,
  // Against what never ends, and not against a busy machine.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  teardownTimeout: 60_000,
  // What was built is loaded as users load it, by Node itself: also faster than by vitest.
  server: { deps: { external: [built] } },
};

export default defineConfig({
  test: {
    ...shared,
    globalSetup: ['test/global-setup.ts'],
    projects: [
      // These leave nothing behind, no thread and no listener, so that two processes can share all of them.
      {
        test: {
          ...{ ...shared, name: 'rooms', include: ['test/**/*.test.ts'], exclude: alone, setupFiles: ['test/seed.ts'] },
          ...{ isolate: false, maxWorkers: 2 },
        },
      },
      { test: { ...shared, name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
