import { type Check, numberFrom, optionsOf } from '../errors/options.js';

/** How much a flow file may hold before reading it is refused. */
export interface XmlLimits {
  /** Size as UTF-8. @default 16 MiB */
  readonly sizeBytes: number;
  /** Elements inside one another, the root included. Never more than 1,000, so that a tree can be walked by recursion. @default 100 */
  readonly depth: number;
  /** @default 200,000 */
  readonly elements: number;
}

const defaults: XmlLimits = { sizeBytes: 16 * 1024 * 1024, depth: 100, elements: 200_000 };
const deepest = 1_000;

/** The limits to read by: what was asked for, defaults for the rest. */
export function resolveLimits(asked: Partial<XmlLimits>): XmlLimits {
  return {
    sizeBytes: asked.sizeBytes ?? defaults.sizeBytes,
    depth: Math.min(asked.depth ?? defaults.depth, deepest),
    elements: asked.elements ?? defaults.elements,
  };
}

const limitChecks: Readonly<Record<keyof XmlLimits, Check>> = {
  sizeBytes: numberFrom(1),
  depth: numberFrom(1),
  elements: numberFrom(1),
};

/** What the option `limits` may be. */
export const xmlLimits: Check = optionsOf(limitChecks);
