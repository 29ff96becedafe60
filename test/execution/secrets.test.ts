import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '#src/errors/describe-error.js';
import type { FlowEvent } from '#src/types/events.js';
import { flow, modes, run } from './run-flow.js';

const TOKEN = 'tok/en+42 "x"';
const tells = new URL('modules/tells.mjs', import.meta.url).pathname;
const declared = '<secrets><secret name="TOKEN"/></secrets>';
const secrets = { TOKEN };

let server: Server;
let address = '';
beforeAll(async () => {
  // Says what it was sent, as services do in their error pages, far enough to be cut where it is quoted.
  server = createServer((request, response) => {
    const sent = String(request.headers.authorization);
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ padding: 'p'.repeat(Number(request.headers['x-padding'] ?? 0)), sent, url: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

/** All that a run gives a caller who logs it, but for the values of the flow and the secrets that the state keeps. */
function everythingTold({ error, events, state }: Awaited<ReturnType<typeof run>>): string {
  const results = [...state.nodeResults].map(([id, { error: failure, failures }]) => [id, failure, failure?.stack, failures]);
  return JSON.stringify([error, error?.stack, describeError(error), events, results]);
}

const partsOfToken = /tok.{1,5}en|dG9rL2Vu|G9rL2Vu|0b2svZW/i;

describe.each(modes)('in mode %s no secret is told', (mode) => {
  it.each(['error', 'value', 'object', 'several'])('by a function that throws %s', async (kind) => {
    const node = (id: string, inside = '') =>
      `<transform:module id="${id}" src="${tells}" export="${kind}">${inside}</transform:module>`;
    const workflow = flow(
      `${declared}
      <source:value id="x" value="1"/>
      ${node('plain', '<retry limit="1" delay="1ms"/><fallback><transform:select id="seen">error</transform:select></fallback>')}
      <foreach id="each" items="[1, 2]" onError="continue">${node('one')}</foreach>
      <parallel id="both" onError="wait" after="plain, each"><branch>${node('left')}</branch><branch>${node('right')}</branch></parallel>
      <output value="[plain.output, each.failures]"/>`,
    );
    const result = await run(workflow, mode, { secrets });
    expect(result).toMatchObject({ status: 'failed', state: { secrets } });
    expect(result.events.filter(({ type }) => type === 'node.retrying')).toHaveLength(1);
    const told = everythingTold(result);
    expect(told).toContain('***');
    expect(told).not.toMatch(partsOfToken);
    // What a fallback makes of an error can be logged or saved anywhere.
    expect(JSON.stringify(result.nodes)).not.toMatch(partsOfToken);
  });

  it('by an answer that quotes the request', async () => {
    for (const padding of [0, 150, 160, 165, 170, 175, 180, 440, 450, 455, 460, 465, 470]) {
      const workflow = flow(
        `${declared}<source:http id="get" url="${address}/?key={{ secrets.TOKEN }}">
          <header name="authorization">Bearer {{ secrets.TOKEN }}</header><header name="x-padding">${padding}</header>
        </source:http>`,
      );
      const result = await run(workflow, mode, { secrets });
      expect(result.error).toMatchObject({ code: 'HTTP_STATUS' });
      expect(everythingTold(result)).not.toMatch(/tok|en\+42/);
    }
  });

  it('by log and progress', async () => {
    const workflow = flow(
      `${declared}<transform:module id="aloud" src="${tells}" export="aloud"/>
      <sink:log id="log" input="aloud.output" message="got {{ aloud.output.token }}"/>`,
    );
    const result = await run(workflow, mode, { secrets });
    expect(result.status).toBe('completed');
    const logged = result.events.flatMap((event) => (event.type === 'log' ? event.message : []));
    expect(logged).toEqual(['the token is ***!', '{"secrets":{"TOKEN":"***"}}', 'got ***']);
    expect(everythingTold(result)).not.toMatch(partsOfToken);
    // A value is data: what the flow gives is what its nodes made.
    expect(result.nodes['aloud']).toEqual(['completed', { token: TOKEN }]);
  });

  it('by an expression that fails on it, here or in a worker', async () => {
    for (const body of [
      '<transform:select id="a" input="secrets.TOKEN">json.parse(input)</transform:select>',
      '<if id="a" condition="secrets.TOKEN"><then><fail/></then></if>',
      '<foreach id="a" items="secrets.TOKEN"><fail/></foreach>',
      '<fail id="a" code="{{ secrets.TOKEN }}" message="no entry for {{ secrets.TOKEN }}"/>',
    ]) {
      const result = await run(flow(declared + body), mode, { secrets });
      expect(result.status).toBe('failed');
      expect(everythingTold(result)).not.toMatch(partsOfToken);
    }
  });

  it('by a cancel, whatever its reason', async () => {
    const workflow = flow(
      `${declared}<parallel id="p"><branch><transform:module id="m" src="${tells}" export="never"/></branch></parallel>
      <finally><transform:select id="last">1</transform:select></finally>`,
    );
    for (const reason of [undefined, new DOMException(`no ${TOKEN}`, 'AbortError'), new Error(`no ${TOKEN}`), `no ${TOKEN}`]) {
      const stopping = new AbortController();
      const onEvent = ({ type }: FlowEvent) => {
        if (type === 'log') stopping.abort(reason);
      };
      const result = await run(workflow, mode, { secrets, signal: stopping.signal, onEvent });
      expect([result.status, result.nodes['last']]).toEqual(['cancelled', ['completed', 1]]);
      expect(everythingTold(result)).not.toMatch(partsOfToken);
    }
  });
});
