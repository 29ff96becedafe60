export { splitTemplate } from './braces.js';
export { compileExpression, type Expression } from './expression.js';
export type { Lookup } from './frame.js';
export { nameKind, type StaticKind } from './kinds.js';
export { normalText } from './normal-text.js';
export type { ExpressionOptions } from './program.js';
export type { Read } from './reads.js';
export { compileTemplate, type Template } from './template.js';
