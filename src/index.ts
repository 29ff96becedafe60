export type { Dispatcher } from './dispatch/types.js';
export { type ErrorCode, errorCodes } from './errors/codes.js';
export { FlowError, FlowValidationError } from './errors/flow-error.js';
export type { RunOptions, RunResult } from './execution/run-options.js';
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type ExecutionMode,
  type LoadOptions,
  loadWorkflow,
  type ParseOptions,
  parseWorkflow,
  planWorkflow,
  stubWorkflow,
  type Workflow,
} from './flowscript.js';
export { defineTransform } from './runtimes/define-transform.js';
export { registry } from './runtimes/registry.js';
export type { Stub } from './runtimes/stub/stub.js';
export type { ExecutionParams, NodeExecutionContext, NodeRuntime } from './runtimes/types.js';
export type { Plan } from './scheduler/index.js';
export type * from './types/ast.js';
export type * from './types/cache.js';
export type * from './types/events.js';
export type * from './types/state.js';
