export { cloneStateForBranch, cloneStateForIteration } from './clone.js';
export { createState } from './create.js';
export { recordNodeResult } from './record.js';
export { type Projection, project, type ReadSet, toReadSet } from './slice.js';
export {
  mergeVariableWrites,
  scopeRank,
  type VariableWrite,
  variableRanks,
  visibleVariables,
  writeVariable,
} from './variables.js';
