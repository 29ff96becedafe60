import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project, runCommand } from './command.js';
import { filesBehind, importsOf, sourcesOf } from './shipped.js';

const lib = (path: string) => new URL(`../../lib/${path}`, import.meta.url);
const loadedBy = (path: string) => sourcesOf(filesBehind(lib(path))).join('\n');

describe('what ships', () => {
  it('gives the worker neither the settings, nor the XML reader, nor the pool, in at most 6 files', () => {
    const sources = loadedBy('workers/worker.js');
    expect(sources).toContain('src/dispatch/worker-host.ts');
    expect(sources).not.toMatch(
      /node_modules\/(zod|fast-xml-parser|commander|piscina)\/|cel-js\/lib\/(evaluator|overloads)|src\/(parser|execution|cli)\//,
    );
    expect(filesBehind(lib('workers/worker.js')).length).toBeLessThanOrEqual(6);
  });

  it('gives user modules what they import without anything else', () => {
    expect(loadedBy('src/runtimes/define-transform.js')).toContain('define-transform.ts');
    expect(loadedBy('src/runtimes/define-transform.js')).not.toMatch(/node_modules|src\/(?!runtimes\/define-transform)/);
  });

  it('loads Piscina only when threads are started', () => {
    const texts = ['src/index.js', 'src/cli/main.js'].flatMap((path) =>
      filesBehind(lib(path)).map((file) => readFileSync(file, 'utf8')),
    );
    expect(texts.join('\n')).toContain('require("piscina")');
    expect(texts.join('\n')).not.toMatch(/^import .*"piscina"/m);
  });

  it.each(['src/index.js', 'src/runtimes/define-transform.js'])('exports from %s what the sources do', async (file) => {
    const names = async (folder: string) =>
      Object.keys(await import(new URL(`../../${folder}/${file}`, import.meta.url).href)).sort();
    expect(await names('lib')).toEqual(await names('dist'));
  });

  it('imports nothing from the folders that do not ship', () => {
    for (const file of ['src/index.js', 'src/cli/main.js', 'workers/worker.js']) {
      const all = filesBehind(lib(file)).map(({ href }) => href);
      expect(all.filter((href) => !href.startsWith(lib('').href))).toEqual([]);
    }
  });
});

describe('the files that ship', () => {
  it.skipIf(process.platform === 'win32')('hold a command that can be started, also after npm has linked it', () => {
    expect(statSync(lib('src/cli/main.js')).mode & 0o111).toBe(0o111);
  });

  it('import one another in no circle, in which something would be asked for before it is there', () => {
    const ended = new Set<string>();
    const visit = (file: URL, above: readonly string[]): void => {
      expect(above).not.toContain(file.href);
      if (ended.has(file.href)) return;
      for (const imported of importsOf(file)) visit(imported, [...above, file.href]);
      ended.add(file.href);
    };
    const files = readdirSync(lib(''), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    for (const name of files) visit(lib(name), []);
    expect(ended.size).toBe(files.length);
  });
});

// In the bundle the parser of CEL stands without the rest of its package, which elsewhere is there as npm installs it.
describe('the CEL that ships', () => {
  const expressions = [
    ...['has(input.a)', 'has(input)', 'has(1)', 'has(input.a, 1)', 'input.has(a)'],
    ...['all', 'exists', 'exists_one', 'map', 'filter'].flatMap((macro) =>
      ['x, x > 1', 'x.y, true', '1, true', 'x', '"x", x, x'].map((list) => `[1, 2].${macro}(${list})`),
    ),
    ...['[1].map(x, x > 0, x + 1)', '[1].map(1, true, 2)', 'map(x, x)', '[[1]].map(x, x.map(1, x))'],
    ...['cel.bind(x, 1, x + 1)', 'cel.bind(1, 1, 1)', 'cel.bind(x, 1)', 'other.bind(2, 1, 3)'],
    ...['input.?a.orValue(1)', 'input.?a.or(input.?b).orValue(2)', 'input[?"a"].hasValue()', 'optional.none()', 'input.?'],
    ...['size([1u, 2])', '{"a": 1}.a', 'b"x"', '1 +', 'for', '"x', '0x', '1e', '"\\q"', '99999999999999999999', '-1u', '@'],
    ...[`${'('.repeat(300)}1`, `[${'1,'.repeat(10_001)}1]`, `f(${'1,'.repeat(32)}1)`, `${'!'.repeat(50_000)}input`],
  ];
  const texts = expressions.map((text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));

  it('reads every macro, limit and fault as the package does', async () => {
    const readBy = async (folder: string) => {
      const { parseWorkflow, createEngine } = await import(new URL(`../../${folder}/src/index.js`, import.meta.url).href);
      const engine = createEngine({ mode: 'async' });
      return Promise.all(
        texts.map(async (text) => {
          const flow = `<workflow name="cel"><transform:select id="one">${text}</transform:select></workflow>`;
          try {
            const { output, error } = await engine.run(parseWorkflow(flow, { file: 'flow.xml' }), { input: { a: 1 } });
            return { text, output, fault: error?.message };
          } catch (error) {
            const { code, message, hint, source, errors } = error as Record<string, unknown>;
            return { text, code, message, hint, source, errors: String(errors) };
          }
        }),
      );
    };
    expect(await readBy('lib')).toEqual(await readBy('dist'));
  });
});

describe('a plugin that imports the package', () => {
  let project: Project;
  const index = lib('src/index.js').href;
  const zod = import.meta.resolve('zod');

  beforeAll(async () => {
    project = await createProject({
      'plugin.mjs': `
        import { isMainThread } from 'node:worker_threads';
        import { FlowError, registry } from ${JSON.stringify(index)};
        import { z } from ${JSON.stringify(zod)};
        registry.register({
          type: 'transform:own',
          settings: z.object({ factor: z.coerce.number().min(1) }),
          execute: ({ input, config }) => {
            if (isMainThread) throw new Error('on the main thread');
            if (input < 0) throw new FlowError('CONFIG_INVALID', 'below zero', { hint: 'Take another.' });
            return input * config.factor;
          },
        });`,
      'flow.xml': '<workflow name="own"><transform:own id="own" factor="3"/></workflow>',
      'bad.xml': '<workflow name="own"><transform:own id="own" factor="0"/></workflow>',
    });
  });
  afterAll(() => project.remove());
  const flowscript = (verb: string, ...args: readonly string[]) =>
    runCommand([verb, ...args, '--plugin', './plugin.mjs'], { cwd: project.folder });

  it('registers in the registry that the command and its workers use', async () => {
    expect(await flowscript('run', 'flow.xml', '--input', '2')).toMatchObject({ code: 0, stdout: '6\n' });
  });

  it('has its settings checked by its own schema', async () => {
    const { code, stderr } = await flowscript('validate', 'bad.xml');
    expect(code).toBe(2);
    expect(stderr).toContain('factor');
  });

  it('throws errors that stay what they are', async () => {
    const { stderr } = await flowscript('run', 'flow.xml', '--input', '-1');
    expect(stderr).toContain('error[CONFIG_INVALID]');
    expect(stderr).toContain('Take another.');
  });
});
