import type { NodeAST, WorkflowAST, WorkNode } from '../types/ast.js';
import { type Evaluable, isEvaluable } from '../types/source.js';
import { condition, list, type Wanted, wantedInput, wantedSetting } from './wanted.js';

/** One expression or template of a node, with the names that only this setting sees. */
export interface ExpressionSite {
  readonly setting: string;
  readonly evaluable: Evaluable;
  readonly extraNames: readonly string[];
  /** What its value must be; undefined where that is anything. */
  readonly wanted?: Wanted | undefined;
}

/** Every expression and template written on the node itself, bodies not included. */
export function expressionSites(node: NodeAST): readonly ExpressionSite[] {
  return [...sharedSites(node), ...ownSites(node)];
}

/** Those of the workflow element. */
export function outputSite(workflow: WorkflowAST): ExpressionSite | undefined {
  return workflow.output && { setting: 'value', evaluable: workflow.output, extraNames: [] };
}

function sharedSites(node: NodeAST): ExpressionSite[] {
  const sites: ExpressionSite[] = [];
  if (node.input) sites.push({ setting: 'input', evaluable: node.input, extraNames: [], wanted: wantedInput(node) });
  if (node.when) sites.push({ setting: 'when', evaluable: node.when, extraNames: [], wanted: condition });
  for (const retry of node.retries) {
    if (retry.when) sites.push({ setting: 'retry when', evaluable: retry.when, extraNames: ['error'], wanted: condition });
  }
  return sites;
}

function ownSites(node: NodeAST): ExpressionSite[] {
  switch (node.kind) {
    case 'work':
      return settingSites(node);
    case 'parallel': {
      const arms = node.branchConfigs.flatMap((arm, index) =>
        arm.when ? [{ setting: `branch ${index} when`, evaluable: arm.when, extraNames: ['branch'], wanted: condition }] : [],
      );
      return [...arms, ...mergeSites(node.merge)];
    }
    case 'foreach':
      return [{ setting: 'items', evaluable: node.items, extraNames: [], wanted: list }, ...mergeSites(node.merge)];
    case 'if':
      return [{ setting: 'condition', evaluable: node.condition, extraNames: [], wanted: condition }];
    case 'while':
      return [{ setting: 'condition', evaluable: node.condition, extraNames: ['index'], wanted: condition }];
    case 'branch':
      return node.matches.map((arm) => ({ setting: 'match when', evaluable: arm.when, extraNames: [], wanted: condition }));
    case 'loop':
    case 'phase':
    case 'break':
      return [];
  }
}

function mergeSites(merge: Extract<NodeAST, { kind: 'parallel' }>['merge']): ExpressionSite[] {
  return typeof merge === 'string' ? [] : [{ setting: 'merge', evaluable: merge, extraNames: ['branches'] }];
}

function settingSites(node: WorkNode): ExpressionSite[] {
  return Object.entries(node.settings).flatMap(([setting, value]) =>
    evaluablesIn(value).map((evaluable) => ({
      setting,
      evaluable,
      extraNames: evaluable.kind === 'lambda' ? evaluable.binds : [],
      wanted: wantedSetting(node.type, setting),
    })),
  );
}

/** Those of a setting, which may be a list of them. */
export function evaluablesIn(value: unknown): readonly Evaluable[] {
  if (Array.isArray(value)) return value.flatMap(evaluablesIn);
  if (isEvaluable(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(evaluablesIn);
}
