import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as old } from 'zod/v3';
import { RuntimeRegistry, registry } from '#src/runtimes/registry.js';
import type { NodeRuntime } from '#src/runtimes/types.js';
import { failureOf } from './run-node.js';

const geocode: NodeRuntime = { type: 'transform:geocode', execute: () => 'here' };

describe('RuntimeRegistry', () => {
  test('gives back what was registered', () => {
    const own = new RuntimeRegistry();
    own.register(geocode);
    expect(own.getRuntime('transform:geocode')).toBe(geocode);
    expect(own.hasRuntime('transform:geocode')).toBe(true);
    expect(own.hasRuntime('transform:other')).toBe(false);
    expect(own.types()).toEqual(['transform:geocode']);
  });

  test('refuses a second runtime of one type, and takes it with override', () => {
    const own = new RuntimeRegistry();
    own.register(geocode);
    const other = { ...geocode };
    expect(() => own.register(other)).toThrow(/"transform:geocode", which is registered already/);
    own.register(other, { override: true });
    expect(own.getRuntime('transform:geocode')).toBe(other);
  });

  test.each<[unknown, RegExp]>([
    [null, /got null/],
    ['transform:x', /got the text "transform:x"/],
    [{ execute: () => 1 }, /such as transform:shout, got nothing/],
    [{ type: 'a b', execute: () => 1 }, /got the text "a b"/],
    [{ type: '', execute: () => 1 }, /got an empty text/],
    [{ type: 'transform:x' }, /"transform:x" to have an `execute` function, got nothing/],
    [{ type: 'transform:x', execute: () => 1, settings: { a: 1 } }, /a zod object \(of zod 4\), got an object with a/],
    [
      { type: 'transform:x', execute: () => 1, settings: { shape: { a: z.string() } } },
      /a zod object \(of zod 4\), got an object with shape/,
    ],
    [{ type: 'transform:x', execute: () => 1, settings: z.string() }, /a zod object \(of zod 4\), got /],
    [{ type: 'transform:x', execute: () => 1, settings: old.object({ a: old.string() }) }, /a zod object \(of zod 4\), got /],
    [{ type: 'transform:x', execute: () => 1, settings: mini.object({ a: mini.string() }) }, /a zod object \(of zod 4\), got /],
    [
      { type: 'transform:x', execute: () => 1, settings: z.object({ a: { type: 'string' } as never }) },
      /setting `a` of "transform:x" to be a zod type, got an object with type/,
    ],
    [{ type: 'transform:x', execute: () => 1, settings: z.object({ input: z.string() }) }, /got `input`/],
  ])('refuses a malformed runtime %#', (runtime, message) => {
    expect(() => new RuntimeRegistry().register(runtime as NodeRuntime)).toThrow(TypeError);
    expect(() => new RuntimeRegistry().register(runtime as NodeRuntime)).toThrow(message);
  });

  test('names the nearest type when one is unknown', async () => {
    const error = await failureOf(() => registry.getRuntime('source:htp'));
    expect(error.code).toBe('FLOW_ELEMENT_UNKNOWN');
    expect(error.message).toContain('"source:htp"');
    expect(error.hint).toBe('Did you mean "source:http"?');
  });

  test('holds every built-in type once the index is imported', () => {
    expect([...registry.types()].sort()).toEqual([
      ...['control:branch', 'control:foreach', 'control:if', 'control:loop', 'control:parallel', 'control:while', 'fail', 'set'],
      ...['sink:file', 'sink:http', 'sink:log', 'source:file', 'source:http', 'source:value', 'stub', 'transform:compress'],
      ...['transform:decompress', 'transform:filter', 'transform:group', 'transform:hash', 'transform:map', 'transform:module'],
      ...[
        'transform:parse',
        'transform:reduce',
        'transform:select',
        'transform:sort',
        'transform:stringify',
        'transform:template',
      ],
      'transform:validate',
    ]);
  });
});
