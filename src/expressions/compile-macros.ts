import type { ASTNode } from '@marcbachmann/cel-js';
import { compileHas } from './compile-access.js';
import { store } from './compile-literals.js';
import { asBool, attempt } from './compile-logic.js';
import { bind, type Compiled, labelOf, type NodeOf, type Run, type Scope, typeFault } from './compiled.js';
import { iterable, readElement } from './elements.js';
import { Optional } from './exotic.js';
import { type Fault, type Frame, fault, spend } from './frame.js';
import { kindOf, nameKind } from './kinds.js';
import { type MacroCall, macroCall } from './macro-call.js';
import { compare } from './ordering.js';

/** Compiles a call that is a macro; `undefined` for other calls. */
export function compileMacro(node: NodeOf<'call' | 'rcall'>, scope: Scope): Compiled | undefined {
  const call = macroCall(node);
  if (call === undefined) return undefined;
  if (call.kind === 'has') return compileHas(node, call.argument, scope);
  if (call.kind === 'bind') return compileBind(call, scope);
  if (call.kind === 'optional') return compileOptionalMap(call, scope);
  return compileLoop(node, call, scope);
}

interface Loop {
  readonly over: (frame: Frame) => ArrayLike<unknown>;
  /** Runs a part with one element bound. */
  readonly enter: (frame: Frame, element: unknown) => void;
  readonly at: number;
}

function compileLoop(node: ASTNode, call: MacroCall<'loop'>, scope: Scope): Compiled {
  const collection = scope.compile(call.receiver, scope);
  if (!['list', 'map', 'bytes', 'any'].includes(collection.kind)) {
    throw typeFault(
      node,
      `${call.name}() walks over a list or a map, and ${labelOf(call.receiver, scope)} is ${nameKind(collection.kind)}`,
    );
  }
  const { inner, slot } = bind(scope, call.variable, 'any');
  const bodies = call.bodies.map((body) => scope.compile(body, inner));
  const loop = buildLoop(call, collection, slot, bodies, scope);
  const isList = !['all', 'exists', 'exists_one', 'existsOne'].includes(call.name);
  return { run: buildRun(call, loop, bodies, inner), kind: isList ? 'list' : 'bool', cost: collection.cost + 1 };
}

function buildLoop(call: MacroCall<'loop'>, collection: Compiled, slot: number, bodies: readonly Compiled[], scope: Scope): Loop {
  const label = labelOf(call.receiver, scope);
  const at = call.receiver.start;
  const cost = bodies.reduce((sum, body) => sum + body.cost, 2);
  return {
    at,
    over(frame) {
      const value = collection.run(frame);
      frame.at = at;
      return iterable(frame, value, label);
    },
    enter(frame, element) {
      frame.at = at;
      spend(frame, cost);
      frame.slots[slot] = readElement(frame, element);
    },
  };
}

function buildRun(call: MacroCall<'loop'>, loop: Loop, bodies: readonly Compiled[], scope: Scope): Run {
  const first = bodies[0] as Compiled;
  const second = bodies[1];
  if (call.name === 'map' && second === undefined) return runMap(loop, first.run);
  if (call.name === 'sortBy') return runSort(loop, first.run);
  const holds = asBool(call.bodies[0] as ASTNode, first, scope, `${call.name}() needs`);
  if (call.name === 'map' && second !== undefined) return runFilter(loop, holds, second.run);
  if (call.name === 'filter') return runFilter(loop, holds, undefined);
  if (call.name === 'exists') return runQuantifier(loop, holds, true);
  return call.name === 'all' ? runQuantifier(loop, holds, false) : runExactlyOne(loop, holds);
}

function runMap(loop: Loop, body: Run): Run {
  return (frame) => {
    const elements = loop.over(frame);
    const mapped: unknown[] = [];
    for (let index = 0; index < elements.length; index++) {
      loop.enter(frame, elements[index]);
      mapped.push(store(frame, body(frame)));
    }
    return mapped;
  };
}

function runFilter(loop: Loop, holds: (frame: Frame) => boolean, body: Run | undefined): Run {
  return (frame) => {
    const elements = loop.over(frame);
    const kept: unknown[] = [];
    for (let index = 0; index < elements.length; index++) {
      loop.enter(frame, elements[index]);
      if (holds(frame)) kept.push(body === undefined ? (elements[index] ?? null) : store(frame, body(frame)));
    }
    return kept;
  };
}

/** `exists` and `all`: an element that decides outvotes failures of others, whatever their order. */
function runQuantifier(loop: Loop, holds: (frame: Frame) => boolean, deciding: boolean): Run {
  return (frame) => {
    const elements = loop.over(frame);
    let failure: Fault | undefined;
    for (let index = 0; index < elements.length; index++) {
      loop.enter(frame, elements[index]);
      const outcome = attempt(frame, holds);
      if (outcome === deciding) return deciding;
      if (typeof outcome !== 'boolean') failure ??= outcome;
    }
    if (failure !== undefined) throw failure;
    return !deciding;
  };
}

function runExactlyOne(loop: Loop, holds: (frame: Frame) => boolean): Run {
  return (frame) => {
    const elements = loop.over(frame);
    let count = 0;
    for (let index = 0; index < elements.length; index++) {
      loop.enter(frame, elements[index]);
      if (holds(frame)) count += 1;
    }
    return count === 1;
  };
}

function runSort(loop: Loop, key: Run): Run {
  return (frame) => {
    const elements = loop.over(frame);
    const keyed = Array.from(elements, (element) => {
      loop.enter(frame, element);
      return { element, key: key(frame) };
    });
    frame.at = loop.at;
    spend(frame, (keyed.length * Math.log2(keyed.length + 1)) / 2);
    return keyed.sort((left, right) => compare(frame, left.key, right.key) || 0).map(({ element }) => element);
  };
}

function compileBind(call: MacroCall<'bind'>, scope: Scope): Compiled {
  const value = scope.compile(call.value, scope);
  const { inner, slot } = bind(scope, call.variable, value.kind);
  const body = scope.compile(call.body, inner);
  const run: Run = (frame) => {
    frame.slots[slot] = value.run(frame);
    return body.run(frame);
  };
  return { run, kind: body.kind, cost: value.cost + body.cost + 1 };
}

function compileOptionalMap(call: MacroCall<'optional'>, scope: Scope): Compiled {
  const receiver = scope.compile(call.receiver, scope);
  const label = labelOf(call.receiver, scope);
  const { inner, slot } = bind(scope, call.variable, 'any');
  const body = scope.compile(call.body, inner);
  const run: Run = (frame) => {
    const optional = receiver.run(frame);
    frame.at = call.receiver.start;
    if (!(optional instanceof Optional))
      throw fault(frame, `${label} is ${nameKind(kindOf(optional))}; ${call.name}() needs an optional`);
    if (!optional.isPresent) return optional;
    frame.slots[slot] = optional.value;
    const result = body.run(frame);
    if (call.name === 'optMap') return new Optional(result);
    if (result instanceof Optional) return result;
    throw fault(frame, `optFlatMap() needs an optional from its expression, not ${nameKind(kindOf(result))}`);
  };
  return { run, kind: 'optional', cost: receiver.cost + body.cost + 1 };
}
