import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project, runCommand } from './command.js';

const TOKEN = 'tok/en+42';
let project: Project;
let server: Server;
let requests = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    requests++;
    response.writeHead(request.url === '/bad' ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ rows: [1, 2, 3], key: request.headers['x-key'] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const head = '<workflow name="w"><secrets><secret name="TOKEN"/></secrets>';
  const bad = `<source:http id="bad" url="${origin}/bad"><fallback><source:value id="none" value="[]"/></fallback></source:http>`;
  project = await createProject({
    'flow.xml': `${head}
      <source:http id="api" url="${origin}/"><header name="x-key">{{ secrets.TOKEN }}</header></source:http>
      ${bad}
      <source:value id="big" value="[1.5]"/>
      <transform:module id="typed" src="./typed.mjs"/>
      <foreach id="each" items="api.output.rows" item="n"><source:value id="inner" value="n"/></foreach>
      <output value="sum(each.output) + size(bad.output)"/></workflow>`,
    'typed.mjs': 'export default () => new Float64Array(2);',
    'list.json': '[1]',
    'broken.json': '{"api": {"output": }}',
    'wrong.json': '{"api": {"outptu": 1}}',
    'unknown.json': '{"apy": {"output": 1}}',
    'api.json': '{"api": {"output": {"rows": [10]}}}',
  });
});
afterAll(async () => {
  server.close();
  await project.remove();
});

const command = (...args: string[]) => runCommand(args, { cwd: project.folder, env: { TOKEN } });

describe('--record-stubs and --stub', () => {
  it('record what the sources of a run gave, without secrets, and run on it without them', async () => {
    const first = await command('run', 'flow.xml', '--record-stubs', 'stubs.json');
    expect(first).toMatchObject({ code: 0, stdout: '6\n' });
    expect(first.stderr).toContain('not recorded: inner, it runs once for each iteration of a block');
    const text = await readFile(join(project.folder, 'stubs.json'), 'utf8');
    expect(text).not.toContain('tok');
    expect(JSON.parse(text)).toEqual({
      api: { output: { rows: [1, 2, 3], key: '***' } },
      bad: { output: [] },
      none: { output: [] },
      big: { output: [1.5] },
    });
    const before = requests;
    expect(await command('run', 'flow.xml', '--stub', 'stubs.json')).toMatchObject({ code: 0, stdout: '6\n' });
    expect(await command('run', 'flow.xml', '--stub', 'stubs.json', '--stub', 'api.json')).toMatchObject({
      code: 0,
      stdout: '10\n',
    });
    expect(requests).toBe(before);
  });

  it('are another flow for --resume: what they gave is not taken for what the nodes give', async () => {
    expect(await command('run', 'flow.xml', '--stub', 'api.json')).toMatchObject({ code: 0, stdout: '10\n' });
    expect(await command('run', 'flow.xml', '--resume')).toMatchObject({ code: 0, stdout: '6\n' });
  });

  it('are shown by plan', async () => {
    const { code, stdout } = await command('plan', 'flow.xml', '--stub', 'api.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/api +stub/);
    expect(stdout).toMatch(/bad +source:http/);
  });

  it.each([
    ['none.json', /The stub file none\.json cannot be read/],
    ['list.json', /list\.json must hold an object of stubs by node, got a list of 1/],
    ['broken.json', /broken\.json is not JSON: expected a value, got "\}\}" \(line 1, column 20\)\.\n\s+help: A stub is written/],
    ['wrong.json', /wrong\.json, "api": a stub has no "outptu"\n.*Did you mean "output"\?/],
    ['unknown.json', /The flow has no node "apy" to be stubbed\n.*Did you mean "api"\?/],
  ])('refuse %s', async (file, message) => {
    const { code, stderr } = await command('run', 'flow.xml', '--stub', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ at .*\.js:/);
  });
});
