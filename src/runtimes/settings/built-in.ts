import type { ElementDefinition } from './element.js';
import { controlElements } from './elements/control.js';
import { sinkElements } from './elements/sink.js';
import { sourceElements } from './elements/source.js';
import { statementElements } from './elements/statement.js';
import { structureElements } from './elements/structure.js';
import { transformElements } from './elements/transform.js';
import { listTransformElements } from './elements/transform-list.js';

/** Every element of the language by name, in the order of the docs. */
export const builtInElements: ReadonlyMap<string, ElementDefinition> = new Map(
  [
    ...structureElements,
    ...controlElements,
    ...statementElements,
    ...sourceElements,
    ...transformElements,
    ...listTransformElements,
    ...sinkElements,
  ].map((definition) => [definition.element, definition]),
);
