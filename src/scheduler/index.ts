export { Semaphore } from './concurrency.js';
export { buildDag } from './dag.js';
export { Frontier } from './frontier.js';
export { createPlan } from './plan.js';
export { remainingPath } from './priority.js';
export type { Dag, Dependency, Plan, Vertex } from './types.js';
export { planWaves } from './waves.js';
