export { type Analysis, analyseWorkflow, outputReader } from './analysis.js';
export { bodiesOf, topLevelNodes, walkNodes } from './bodies.js';
export { variableWritten } from './variables.js';
export { toVertices } from './vertices.js';
