export { type Analysis, analyseWorkflow } from './analysis.js';
export { assertWorkflow } from './assert-workflow.js';
export { type Body, bodiesOf, type TopLevelNode, topLevelNodes, walkNodes, widestLimit, workNodesOf } from './bodies.js';
export { flowWidth } from './flow-width.js';
export { resultFields } from './reads.js';
export { findSingleBraces } from './single-braces.js';
export { streamedSources, streamReader } from './streams.js';
export { readsOfNode, toVertices } from './vertices.js';
