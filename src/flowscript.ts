/** The whole of FlowScript: read, check and plan a flow (`workflow.ts`), then run it (`engine.ts`). */
export type { ExecutionMode } from './dispatch/pools.js';
export { createEngine, type Engine, type EngineOptions } from './engine.js';
export {
  type LoadOptions,
  loadWorkflow,
  type ParseOptions,
  parseWorkflow,
  planWorkflow,
  stubWorkflow,
  type Workflow,
} from './workflow.js';
