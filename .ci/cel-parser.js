// Stands in the bundle for @marcbachmann/cel-js: its parser, `serialize` and the macros that are calls of their own (not those of
// `optional`, which only an evaluator asks for). Of the package itself only its exports can be imported, and those register every
// function and overload of its evaluator, which FlowScript does not use: 5 ms in each thread. That another version of the package
// still fits is what test/end-to-end/shipped.test.ts shows, which holds the bundle's expressions against the package's.
import { ParseError } from '../node_modules/@marcbachmann/cel-js/lib/errors.js';
import { registerMacros } from '../node_modules/@marcbachmann/cel-js/lib/macros.js';
import { createOptions } from '../node_modules/@marcbachmann/cel-js/lib/options.js';
import { Parser } from '../node_modules/@marcbachmann/cel-js/lib/parser.js';
import { serialize } from '../node_modules/@marcbachmann/cel-js/lib/serialize.js';

export { ParseError, serialize };

export class Environment {
  #parser;

  constructor(options) {
    const { limits, enableOptionalTypes } = createOptions(options);
    this.#parser = new Parser(limits, new MacroRegistry(enableOptionalTypes));
  }

  parse(text) {
    return { ast: this.#parser.parse(text) };
  }
}

/** What the parser asks of a registry: which calls are macros, whose arguments it checks. */
class MacroRegistry {
  #macros = new Map();

  constructor(enableOptionalTypes) {
    this.enableOptionalTypes = enableOptionalTypes;
    registerMacros(this);
  }

  /** `signature`: such as "has(ast): bool" or "list.all(ast, ast): bool". */
  registerFunctionOverload(signature, handler) {
    const [, receiver, name, types] = /^(?:(\w+)\.)?(\w+)\(([^)]*)\)/.exec(signature);
    this.#macros.set(keyOf(name, receiver !== undefined, types.split(',').length), { handler });
  }

  registerType() {}

  registerConstant() {}

  findMacro(name, hasReceiver, argumentCount) {
    return this.#macros.get(keyOf(name, hasReceiver, argumentCount));
  }
}

function keyOf(name, hasReceiver, argumentCount) {
  return `${hasReceiver ? '.' : ''}${name}/${argumentCount}`;
}
