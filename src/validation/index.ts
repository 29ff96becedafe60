export { type Analysis, analyseWorkflow } from './analysis.js';
export { blockLimits, bodiesOf, type TopLevelNode, topLevelNodes, walkNodes, workNodesOf } from './bodies.js';
export { streamedSources, streamReader } from './streams.js';
export { toVertices } from './vertices.js';
