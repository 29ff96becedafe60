export { cloneStateForBranch, cloneStateForIteration } from './clone.js';
export { createState } from './create.js';
export { narrowSlice } from './narrow-slice.js';
export { heldOutput, recordNodeResult } from './record.js';
export { type HeldValue, type Projection, project, type ReadSet, takeOutHeld, toReadSet } from './slice.js';
export {
  mergeVariableWrites,
  scopeRank,
  type VariableWrite,
  variableRanks,
  visibleVariables,
  writeVariable,
} from './variables.js';
