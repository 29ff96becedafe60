import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProject, runCommand } from '../../end-to-end/command.js';
import { failureOf, runNode } from '../run-node.js';

const certificate = new URL('fixtures/loopback-certificate.pem', import.meta.url).pathname;
const secrets = { TOKEN: 'hush-hush-42' };

/** What each server was asked, as `METHOD path authorization x-mine body`. */
const asked: Record<'plain' | 'secure' | 'other', string[]> = { plain: [], secure: [], other: [] };
const bomb = gzipSync(new Uint8Array(50 * 1024 * 1024));
/** Ten members, which unpack one after another. */
const bombs = Buffer.concat(Array.from({ length: 10 }, () => bomb));

type Handler = (response: ServerResponse) => void;

const redirectTo =
  (make: () => string, status = 302): Handler =>
  (response) =>
    void response.writeHead(status, { location: make() }).end();

const handlers: Record<string, Handler> = {
  '/ok': (response) => response.end('fine'),
  '/drip': (response) => {
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/drip-error': (response) => {
    response.writeHead(500);
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/silent': () => undefined,
  '/endless': (response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const fill = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', fill);
    fill();
  },
  '/bomb': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  '/bombs': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bombs),
  '/layers': (response) =>
    response.writeHead(200, { 'content-encoding': Array.from({ length: 500 }, () => 'gzip').join(', ') }).end(bomb),
  '/to-plain': redirectTo(() => `${origins.plain}/ok`),
  '/to-plain-twice': redirectTo(() => `${origins.secure}/to-plain`),
  '/to-other': redirectTo(() => `${origins.other}/ok`, 307),
  '/signed': redirectTo(() => `${origins.other.replace('//', '//mallory:pass@')}/ok`, 307),
  '/to-file': redirectTo(() => 'file:///etc/passwd'),
  '/to-data': redirectTo(() => 'data:text/plain,x'),
  '/to-blob': redirectTo(() => 'blob:nodedata:1'),
  '/to-nowhere': redirectTo(() => 'http://'),
  '/loop': redirectTo(() => '/loop'),
};

const origins = { plain: '', secure: '', other: '' };
const servers: Server[] = [];

async function listen(server: Server, name: keyof typeof origins, scheme: string): Promise<void> {
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { authorization = '-', 'x-mine': mine = '-' } = request.headers;
    asked[name].push(`${request.method} ${request.url} ${authorization} ${String(mine)} ${body}`.trim());
    handlers[request.url ?? '']?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origins[name] = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  servers.push(server);
}

beforeAll(async () => {
  const key = readFileSync(new URL('fixtures/loopback-key.pem', import.meta.url));
  await listen(createServer(), 'plain', 'http');
  await listen(createServer(), 'other', 'http');
  await listen(createSecureServer({ key, cert: readFileSync(certificate) }) as unknown as Server, 'secure', 'https');
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

const get = (path: string, config: object = {}) => runNode('source:http', { url: origins.plain + path, ...config }, { secrets });

describe('an answer without end is stopped', () => {
  test.each(['/drip', '/drip-error', '/silent'])('after maxTime: %s', async (path) => {
    const { code, message } = await failureOf(() => get(path, { maxTime: 300 }));
    expect([code, message]).toEqual(['HTTP_FAILED', `GET ${origins.plain}${path} was not done after 300 ms.`]);
  });

  test('after maxBytes', async () => {
    const { code, message } = await failureOf(() => get('/endless', { maxBytes: 1_000_000 }));
    expect([code, message]).toEqual(['DATA_TOO_LARGE', `The answer of ${origins.plain}/endless is longer than 1000000 bytes.`]);
  });

  test('after maxBytes of what it unpacks to', async () => {
    const before = process.memoryUsage().rss;
    expect((await failureOf(() => get('/bombs', { maxBytes: 1_000_000 }))).code).toBe('DATA_TOO_LARGE');
    // Far below what it unpacks to, and far above what else this process may happen to take meanwhile.
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
    expect(((await get('/bomb', { format: 'binary' })) as Uint8Array).byteLength).toBe(50 * 1024 * 1024);
  });

  test('when it claims to be packed 500 times', async () => {
    expect(['HTTP_FAILED', 'DATA_TOO_LARGE']).toContain(
      (await failureOf(() => get('/layers', { maxBytes: 1_000_000, maxTime: 20_000 }))).code,
    );
  });

  test('by sink:http as well', async () => {
    const { code } = await failureOf(() =>
      runNode('sink:http', { url: `${origins.plain}/endless`, maxBytes: 1_000 }, { input: 'x' }),
    );
    expect(code).toBe('DATA_TOO_LARGE');
  });
});

describe('a redirect', () => {
  test.each(['/to-file', '/to-data', '/to-blob', '/to-nowhere'])('%s is refused', async (path) => {
    expect((await failureOf(() => get(path))).code).toBe('URL_UNSAFE');
  });

  test('takes no header along that holds a secret or is named like a credential', async () => {
    asked.other.length = 0;
    const headers = (value: string) => [{ name: 'X-Mine', value }];
    await get('/to-other', { headers: headers('harmless') });
    await get('/to-other', { headers: headers(`Bearer ${secrets.TOKEN}`) });
    await get('/to-other', { headers: headers(Buffer.from(secrets.TOKEN).toString('base64')) });
    await get('/to-other', {
      headers: [
        { name: 'Authorization', value: 'x' },
        { name: 'X-Mine', value: '1' },
      ],
    });
    expect(asked.other).toEqual(['GET /ok - harmless', 'GET /ok - -', 'GET /ok - -', 'GET /ok - 1']);
  });

  test('takes no body with a secret to another origin', async () => {
    asked.other.length = 0;
    await get('/to-other', { body: 'harmless' });
    const error = await failureOf(() => get('/to-other', { body: { token: secrets.TOKEN } }));
    expect([error.code, error.message]).toEqual([
      'HTTP_FAILED',
      `${origins.plain}/to-other redirects a body that holds a secret to another origin: ${origins.other}/ok.`,
    ]);
    expect(asked.other).toEqual(['POST /ok - - harmless']);
  });

  test('may not sign the request', async () => {
    asked.other.length = 0;
    await get('/signed');
    expect(asked.other).toEqual(['GET /ok - -']);
  });
});

test('a name and password in a URL become a header, and are told to nobody', async () => {
  asked.plain.length = 0;
  const url = (path: string): string => `${origins.plain.replace('//', `//me:${secrets.TOKEN}@`)}${path}`;
  await runNode('source:http', { url: url('/ok') }, { secrets });
  expect(asked.plain).toEqual([`GET /ok Basic ${Buffer.from(`me:${secrets.TOKEN}`).toString('base64')} -`]);
  const error = await failureOf(() => runNode('source:http', { url: url('/silent'), maxTime: 100 }, {}));
  expect(JSON.stringify(error)).not.toContain(secrets.TOKEN);
});

describe('https, with a certificate of its own', () => {
  const flow = (path: string): string =>
    `<workflow name="w"><source:http id="a" url="${origins.secure}${path}" timeout="20s"/></workflow>`;

  test.each([
    ['/ok', 0, '"fine"', ''],
    ['/to-plain', 1, '', 'redirects from https to http'],
    ['/to-plain-twice', 1, '', 'redirects from https to http'],
  ])('over https: %s', async (path, exit, out, said) => {
    asked.plain.length = 0;
    const project = await createProject({ 'flow.xml': flow(path) });
    const { code, stdout, stderr } = await runCommand(['run', 'flow.xml', '--mode', 'async', '--quiet'], {
      cwd: project.folder,
      env: { NODE_EXTRA_CA_CERTS: certificate },
    });
    await project.remove();
    expect([code, stdout.trim()]).toEqual([exit, out]);
    expect(stderr).toContain(said);
    expect(asked.plain).toEqual([]);
  });

  test('that nobody vouches for is refused', async () => {
    const { code, message } = await failureOf(() => runNode('source:http', { url: `${origins.secure}/ok` }));
    expect(code).toBe('HTTP_FAILED');
    expect(message).toMatch(/self[- ]signed|certificate/);
  });
});
