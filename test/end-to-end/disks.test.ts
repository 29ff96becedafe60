import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProject, mainFile, type Project } from './command.js';

const files = {
  'disk/flow.xml': `<workflow name="rows">
  <foreach id="rows" cache="true" items="lists.range(600)"><transform:module id="row" src="./row.mjs"/></foreach>
  <output value="size(rows.output)"/>
</workflow>`,
  'disk/row.mjs': "export default (n) => n + 'x'.repeat(1000);",
  'disk/sink.xml': `<workflow name="sunk">
  <sink:file id="sunk" path="./out/rows.json" input="lists.range(60000)"/>
</workflow>`,
  'disk/lists.xml': '<workflow name="listed"><output value="lists.range(60000)"/></workflow>',
  'disk/out/before.txt': '',
};

/** A disk of 256 KiB in a namespace of its own, which ends with the process: nothing outside sees it, and nothing is left of it. */
const mounting = 'mount --make-rprivate / && mkdir -p "$0" && mount -t tmpfs -o size=256k none "$0"';
const prepare = { full: 'true', 'read-only': 'mount -o remount,ro none .' };

let project: Project;
let cannot: string | undefined;
beforeAll(async () => {
  project = await createProject(files);
  const { error, stderr, status } = spawnSync('unshare', ['-m', 'sh', '-c', mounting, join(project.folder, 'mounted')], {
    encoding: 'utf8',
  });
  if (status !== 0) cannot = `no disk can be mounted here: ${error?.message ?? stderr.trim()}`;
});
afterAll(() => project.remove());

/** What lies in `out` afterwards is told at the end of stderr. */
function onDisk(kind: keyof typeof prepare, args: readonly string[]) {
  const script = `${mounting} && cp -r disk/. "$0" && cd "$0" && ${prepare[kind]} && { "$@"; code=$?; ls -A out | tr '\\n' ' ' >&2; exit $code; }`;
  const command = [join(project.folder, 'mounted'), process.execPath, mainFile, 'run', ...args, '--quiet'];
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, ...command], {
    cwd: project.folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, stdout, stderr };
}

describe.each([
  ['full', /ENOSPC/, 'the disk is full'],
  ['read-only', /EROFS/, 'the file system is read-only'],
] as const)('on a disk that is %s', (kind, code, reason) => {
  test.for<[string, string[]]>([
    ['record', ['--no-cache']],
    // Of results that nobody has marked, only those that took long enough are kept: they might fit.
    ['cache', ['--no-record']],
  ])('the %s costs one warning', ([what, args], { skip }) => {
    skip(cannot !== undefined, cannot);
    const { stderr, ...ended } = onDisk(kind, ['flow.xml', ...args]);
    expect(ended).toEqual({ code: 0, stdout: '600\n' });
    const [warning, ...rest] = stderr.split('\n');
    expect(warning).toMatch(new RegExp(`^warning: the ${what}.* cannot be written \\(.*${code.source}`));
    expect(rest).toHaveLength(1);
  });

  const rows = `${JSON.stringify([...Array(60_000).keys()], null, 2)}\n`;
  test.for<[string, string[], string, string]>([
    ['a sink', ['sink.xml'], 'Cannot write ./out/rows.json', ''],
    ['--output', ['lists.xml', '-o', 'out/rows.json'], 'The output cannot be written to out/rows.json', rows],
  ])('%s is one clear error, and leaves nothing half-written', ([, args, message, printed], { skip }) => {
    skip(cannot !== undefined, cannot);
    const { code: exit, stdout, stderr } = onDisk(kind, [...args, '--no-record']);
    expect([exit, stdout === printed]).toEqual([1, true]);
    expect(stderr.match(/error\[/g)).toHaveLength(1);
    expect(stderr).toContain(`error[FILE_UNWRITABLE] ${message}: ${reason}`);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(stderr.split('\n').at(-1)).toBe('before.txt ');
  });
});
