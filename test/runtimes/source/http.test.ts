import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTrace, failureOf, runNode } from '../run-node.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const handlers: Record<string, Handler> = {
  '/json': (_request, response) =>
    response.setHeader('content-type', 'application/vnd.x+json; charset=utf-8').end('{"rows":[1,2]}'),
  '/text': (_request, response) => response.setHeader('content-type', 'text/plain; charset=latin1').end(Buffer.from([0xe9])),
  '/bytes': (_request, response) => response.setHeader('content-type', 'image/png').end(Buffer.from([1, 2])),
  '/untyped': (_request, response) => response.end('plain'),
  '/empty': (_request, response) => response.setHeader('content-type', 'application/json').end(),
  '/broken': (_request, response) => response.setHeader('content-type', 'application/json').end('{"a":\n oops}'),
  '/missing': (_request, response) => response.writeHead(404).end('no such thing, s3cret-token'),
  '/created': (_request, response) => response.writeHead(201).end('made'),
  '/big': (_request, response) => response.end('x'.repeat(2000)),
  '/cut': (request, response) => response.writeHead(200, { 'content-length': '100' }).write('x', () => request.socket.destroy()),
  '/gzip': (_request, response) => response.setHeader('content-encoding', 'gzip').end('plain'),
  '/br': (_request, response) => response.setHeader('content-encoding', 'br').end('plain, not of Brotli'),
  '/silent': () => undefined,
  '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/see-other': (_request, response) => response.writeHead(303, { location: '/echo' }).end(),
  '/keep': (_request, response) => response.writeHead(307, { location: '/echo' }).end(),
  '/to-ftp': (_request, response) => response.writeHead(302, { location: 'ftp://127.0.0.1/x' }).end(),
  '/elsewhere': (request, response) => {
    const port = Number(request.headers.host?.split(':')[1]);
    response.writeHead(302, { location: `http://localhost:${port}/echo` }).end();
  },
  '/echo': ({ method, headers, url }, response, body) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ method, headers, url, body }));
  },
};

let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    handlers[new URL(request.url ?? '/', 'http://x').pathname]?.(request, response, body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const get = (path: string, config: object = {}, options = {}) => runNode('source:http', { url: base + path, ...config }, options);

describe('source:http reads', () => {
  test.each([
    ['/json', {}, { rows: [1, 2] }],
    ['/text', {}, 'é'],
    ['/bytes', {}, new Uint8Array([1, 2])],
    ['/untyped', {}, 'plain'],
    ['/empty', {}, null],
    ['/json', { format: 'text' }, '{"rows":[1,2]}'],
    ['/untyped', { format: 'binary' }, new TextEncoder().encode('plain')],
    ['/json', { extract: ({ input }: { input: { rows: number[] } }) => input.rows[1] }, 2],
    ['/created', { okStatus: [[201, 201]] }, 'made'],
    [
      '/missing',
      {
        okStatus: [
          [200, 204],
          [404, 404],
        ],
      },
      'no such thing, s3cret-token',
    ],
  ])('%s with %j', async (path, config, value) => {
    expect(await get(path, config)).toEqual(value);
  });
});

describe('source:http sends', () => {
  test.each([
    [{}, 'GET', '', undefined],
    [{ body: 'as it is' }, 'POST', 'as it is', 'text/plain;charset=UTF-8'],
    [{ body: { a: new Float64Array([1]) } }, 'POST', '{"a":[1]}', 'application/json'],
    [{ body: new Uint8Array([65]) }, 'POST', 'A', 'application/octet-stream'],
    [
      { body: [1], method: 'PUT', headers: [{ name: 'Content-Type', value: 'application/x-mine' }] },
      'PUT',
      '[1]',
      'application/x-mine',
    ],
  ])('%j', async (config, method, body, type) => {
    const echo = (await get('/echo', config)) as Echo;
    expect([echo.method, echo.body, echo.headers['content-type']]).toEqual([method, body, type]);
  });

  test('a header may come twice and be a number', async () => {
    const headers = [
      { name: 'X-A', value: 'one' },
      { name: 'x-a', value: 2 },
    ];
    expect(((await get('/echo', { headers })) as Echo).headers['x-a']).toBe('one, 2');
  });

  test('a header that HTTP does not allow is refused without showing its value', async () => {
    const error = await failureOf(() => get('/echo', { headers: [{ name: 'X-A', value: 's3cret\r\nX-B: 1' }] }));
    expect(error.code).toBe('FLOW_SETTING_INVALID');
    expect(error.message).toContain('"X-A"');
    expect(JSON.stringify([error.message, error.cause])).not.toContain('s3cret');
  });
});

describe('source:http fails', () => {
  test('with the status, the URL and what the server said, secrets masked', async () => {
    const error = await failureOf(() => get('/missing?key=s3cret-token', {}, { secrets: { KEY: 's3cret-token' } }));
    expect(error.code).toBe('HTTP_STATUS');
    expect(error.message).toBe(`GET ${base}/missing?key=*** answered 404 Not Found: no such thing, ***`);
    expect(error.fields).toEqual({ status: 404, url: `${base}/missing?key=***`, body: 'no such thing, ***' });
  });

  test('when nobody listens, with the cause', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}/`;
    closed.close();
    await once(closed, 'close');
    const error = await failureOf(() => runNode('source:http', { url }));
    expect(error.code).toBe('HTTP_FAILED');
    expect(error.message).toContain(`GET ${url} got no answer: connect ECONNREFUSED`);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test('when the answer breaks off', async () => {
    const { code, message, hint } = await failureOf(() => get('/cut'));
    expect([code, hint]).toEqual(['HTTP_FAILED', expect.stringContaining('<retry>')]);
    expect(message).toMatch(/\/cut was answered, but the answer broke off after [01] bytes: /);
  });

  test.each(['/gzip', '/br'])('when the answer is not encoded as it says: %s', async (path) => {
    const { code, message, hint } = await failureOf(() => get(path));
    expect([code, hint]).toEqual(['HTTP_FAILED', undefined]);
    expect(message).toContain(`${path} was answered, but the answer cannot be decoded as what its content-encoding says: `);
  });

  test('when the answer is too long', async () => {
    expect(((await get('/big', { maxBytes: 2000 })) as string).length).toBe(2000);
    const error = await failureOf(() => get('/big', { maxBytes: 1999 }));
    expect([error.code, error.message]).toEqual(['DATA_TOO_LARGE', `The answer of ${base}/big is longer than 1999 bytes.`]);
  });

  test('when the answer is not the JSON it claims to be', async () => {
    const error = await failureOf(() => get('/broken'));
    expect([error.code, error.fields['line']]).toEqual(['PARSE_FAILED', 2]);
    expect(error.message).toContain(`The answer of ${base}/broken is not JSON`);
  });

  test.each(['ftp://example.com/x', 'file:///etc/passwd', 'example.com', 'javascript:1'])('for the URL %s', async (url) => {
    const error = await failureOf(() => runNode('source:http', { url }));
    expect(error.code).toBe('URL_UNSAFE');
    expect(error.message).toContain(url);
  });

  test('on cancel, with the reason that was given', async () => {
    const controller = new AbortController();
    const reached = once(server, 'request');
    const running = failureOf(() => get('/silent', {}, { signal: controller.signal }));
    await reached;
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await running).toBe(reason);
  });
});

describe('source:http follows redirects', () => {
  test('303 turns into GET, 307 keeps method and body', async () => {
    const other = (await get('/see-other', { body: 'x' })) as Echo;
    expect([other.method, other.body]).toEqual(['GET', '']);
    const kept = (await get('/keep', { body: 'x' })) as Echo;
    expect([kept.method, kept.body]).toEqual(['POST', 'x']);
  });

  test('credentials stay with the origin they were written for', async () => {
    const headers = [
      { name: 'Authorization', value: 'Bearer x' },
      { name: 'X-Mine', value: '1' },
    ];
    const same = (await get('/keep', { headers })) as Echo;
    expect(same.headers['authorization']).toBe('Bearer x');
    const other = (await get('/elsewhere', { headers })) as Echo;
    expect([other.headers['authorization'], other.headers['x-mine']]).toEqual([undefined, '1']);
  });

  test('but not for ever, and not away from http', async () => {
    expect((await failureOf(() => get('/loop'))).message).toContain('more than 20 times');
    expect((await failureOf(() => get('/to-ftp'))).code).toBe('URL_UNSAFE');
  });
});

describe('sink:http', () => {
  test('posts its input and gives the answer', async () => {
    const trace = createTrace();
    const echo = (await runNode('sink:http', { url: `${base}/echo` }, { input: { a: 1 }, trace })) as Echo;
    expect([echo.method, echo.body, echo.headers['content-type']]).toEqual(['POST', '{"a":1}', 'application/json']);
    const put = await runNode(
      'sink:http',
      { url: `${base}/echo`, method: 'PUT', extract: ({ input }: { input: Echo }) => input.method },
      { input: 'x' },
    );
    expect(put).toBe('PUT');
  });

  test('posts an empty body for null', async () => {
    const echo = (await runNode('sink:http', { url: `${base}/echo` }, { input: null })) as Echo;
    expect([echo.method, echo.body]).toEqual(['POST', '']);
  });
});
