import fc from 'fast-check';
import { drawFlow } from '#src/cli/flow-diagram.js';
import { planTree } from '#src/cli/plan-tree.js';
import { renderDot } from '#src/cli/render-dot.js';
import { renderMermaid } from '#src/cli/render-mermaid.js';
import { renderPlan } from '#src/cli/render-plan.js';
import { FlowValidationError } from '#src/errors/flow-error.js';
import { parseWorkflow, planWorkflow } from '#src/index.js';
import { realFlows } from '../corpus.js';
import { expectFlowError } from '../faults.js';
import { Broken, expectThat, type Kind } from '../kind.js';
import { gentleEdit, harshEdit, mutated, settingValues } from '../mutations.js';
import { snippets } from '../snippets.js';

const heap = fc
  .array(fc.oneof(fc.constantFrom(...snippets, ...settingValues), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 60 })
  .map((pieces) => pieces.join(''));

/** Reader, builder, validator and planner on texts that were flows once. */
export const xml: Kind<string> = {
  name: 'xml',
  share: 42,
  cases: fc.oneof(
    { weight: 6, arbitrary: mutated(realFlows, gentleEdit, 4) },
    { weight: 6, arbitrary: mutated(realFlows, harshEdit, 4) },
    { weight: 2, arbitrary: mutated(realFlows, fc.oneof(gentleEdit, harshEdit), 12) },
    { weight: 1, arbitrary: heap },
    { weight: 1, arbitrary: heap.map((inside) => `<workflow name="w">${inside}</workflow>`) },
  ),
  check(text) {
    try {
      const workflow = parseWorkflow(text, { file: '/fuzz/flow.xml' });
      const tree = planTree(workflow, { withPlaces: true });
      for (const format of ['text', 'json'] as const) renderPlan(planWorkflow(workflow), format, { tree });
      const picture = drawFlow(workflow);
      renderMermaid(picture);
      renderDot(picture);
      return 'accepted';
    } catch (error) {
      if (!(error instanceof FlowValidationError))
        throw new Broken(`parseWorkflow threw ${error instanceof Error ? error.stack : String(error)}`);
      expectThat(error.faults.length > 0, () => 'no fault is told');
      for (const fault of error.faults) expectFlowError(fault, text);
      return error.faults[0]?.code ?? '';
    }
  },
};
