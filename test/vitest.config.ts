import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const filesOf = (rooms: readonly string[]): string[] =>
  rooms.map((room) => (room.endsWith('.ts') ? `test/${room}` : `test/${room}/**/*.test.ts`));

/** Each file is a process of its own: its engines have threads. Two at a time. */
const engines = ['cache', 'conformance', 'dispatch', 'execution', 'properties', 'records', 'timings'];
/** Nothing beside them: they fill the memory or all threads, kill processes in the middle of things, or measure. */
const alone = [
  ...['faults', 'fuzz', 'soak', 'end-to-end/memory.test.ts', 'end-to-end/resume.test.ts', 'end-to-end/terminal.test.ts'],
  ...['execution/chaos.test.ts', 'execution/memory.test.ts', 'execution/streams.test.ts'],
];

const built = new RegExp(`^${root.replace(/\W/g, '\\$&')}(dist|lib)/`);
const shared = {
  root,
  pool: 'forks' as const,
  testTimeout: 30_000,
  // What was built is loaded as users load it, by Node itself: also faster than by vitest.
  server: { deps: { external: [built] } },
};

export default defineConfig({
  test: {
    ...shared,
    globalSetup: ['test/global-setup.ts'],
    projects: [
      // The rest keeps nothing between files, so that two processes can share all of it.
      {
        test: {
          ...shared,
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: filesOf([...engines, ...alone]),
          isolate: false,
          maxWorkers: 2,
        },
      },
      { test: { ...shared, name: 'engines', include: filesOf(engines), exclude: filesOf(alone), maxWorkers: 2 } },
      { test: { ...shared, name: 'alone', include: filesOf(alone), maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
