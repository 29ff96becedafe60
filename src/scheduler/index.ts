export { Semaphore } from './concurrency.js';
export { buildDag, neighbours, vertexAt } from './dag.js';
export { Frontier } from './frontier.js';
export { costOf, createPlan, withMeasured } from './plan.js';
export { remainingPath } from './priority.js';
export { PriorityQueue } from './priority-queue.js';
export type { Cost, Dag, Dependency, Plan, Vertex } from './types.js';
export { planWaves } from './waves.js';
export { planWidth } from './width.js';
