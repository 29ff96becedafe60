import { describe, expect, it } from 'vitest';
import { drawFlow } from '#src/cli/flow-diagram.js';
import { renderDot } from '#src/cli/render-dot.js';
import { renderMermaid } from '#src/cli/render-mermaid.js';
import { parseWorkflow } from '#src/index.js';

const flow = `<workflow name="w">
  <source:value id="rows" value="[1]"/>
  <set name="v" value="rows.output" scope="workflow"/>
  <parallel id="fetch-all" maxConcurrency="2">
    <branch name="quick"><transform:select id="q" input="rows.output">input</transform:select><transform:select id="m">input</transform:select>
      <sink:log id="note" message="x" input="q.output"><fallback><fail/></fallback></sink:log></branch>
    <branch when="size(vars.v) &gt; 2"/>
  </parallel>
  <foreach id="each" items="nodes['fetch-all'].output" item="row">
    <if id="cond" condition="row &gt; 1"><then><source:value id="t" value="rows.output"/></then><else><loop id="lp" maxIterations="3"><break/></loop></else></if>
  </foreach>
  <phase name="last"><sink:log id="end" message="end" after="each"/></phase>
  <output value="each.output"/>
  <on-error><sink:log id="oops" message="bad"/></on-error>
  <finally><sink:log id="fin" message="{{ rows.status }}"/></finally>
</workflow>`;

function drawn(text: string): { readonly mermaid: string; readonly dot: string } {
  const picture = drawFlow(parseWorkflow(text));
  return { mermaid: renderMermaid(picture), dot: renderDot(picture) };
}

/** A flow of one node with an id. */
function named(id: string): string {
  return `<workflow name="w"><source:value id="${id}" value="1"/></workflow>`;
}

describe('a flow as a picture', () => {
  it('is a Mermaid flowchart with a subgraph for each block and body', () => {
    expect(drawn(flow).mermaid).toBe(`flowchart LR
  n_rows["rows<br/>source:value"]
  n__set_1["#60;set#62; (line 3)"]
  subgraph n_fetch_all["fetch-all: parallel, 2 branches, 2 at one time"]
    direction LR
    subgraph n_fetch_all_0["branch 0 (quick)"]
      direction LR
      n_q["q<br/>transform:select"]
      n_m["m<br/>transform:select"]
      n_note["note<br/>sink:log"]
      subgraph n_note_fallback["fallback of note"]
        direction LR
        n__fail_1["#60;fail#62; (line 6)"]
      end
    end
    n_fetch_all_1["branch 1, when size(vars.v) #62; 2"]
  end
  subgraph n_each["each: for each row of nodes['fetch-all'].output"]
    direction LR
    subgraph n_cond["cond: if"]
      direction LR
      subgraph n_cond_0["if row #62; 1"]
        direction LR
        n_t["t<br/>source:value"]
      end
      subgraph n_cond_1["else"]
        direction LR
        subgraph n_lp["lp: loop, at most 3 times"]
          direction LR
          n__break_1["#60;break#62; (line 10)"]
        end
      end
    end
  end
  subgraph n__phase_1["phase last"]
    direction LR
    n_end["end<br/>sink:log"]
  end
  n__output["output"]
  subgraph n__on_error["on error"]
    direction LR
    n_oops["oops<br/>sink:log"]
  end
  subgraph n__finally["finally"]
    direction LR
    n_fin["fin<br/>sink:log"]
  end
  n_rows --> n__set_1
  n__set_1 -->|variable| n_fetch_all
  n_rows --> n_q
  n_q --> n_m
  n_q --> n_note
  n_m -.-> n_note
  n_note -.->|on failure| n_note_fallback
  n_fetch_all --> n_each
  n_rows --> n_t
  n_each -.->|after| n_end
  n_rows --> n_fin
  n_each --> n__output
`);
  });

  it('is a DOT digraph with a cluster for each, arrows at its border', () => {
    expect(drawn(flow).dot).toBe(`digraph {
  rankdir=LR;
  compound=true;
  node [shape=box];
  graph [style=rounded];
  "rows" [label="rows\\nsource:value"];
  "$set-1" [label="<set> (line 3)"];
  subgraph "cluster_fetch-all" {
    label="fetch-all: parallel, 2 branches, 2 at one time";
    subgraph "cluster_fetch-all/0" {
      label="branch 0 (quick)";
      "q" [label="q\\ntransform:select"];
      "m" [label="m\\ntransform:select"];
      "note" [label="note\\nsink:log"];
      subgraph "cluster_note/fallback" {
        label="fallback of note";
        "$fail-1" [label="<fail> (line 6)"];
      }
    }
    "fetch-all/1" [label="branch 1, when size(vars.v) > 2"];
  }
  subgraph "cluster_each" {
    label="each: for each row of nodes['fetch-all'].output";
    subgraph "cluster_cond" {
      label="cond: if";
      subgraph "cluster_cond/0" {
        label="if row > 1";
        "t" [label="t\\nsource:value"];
      }
      subgraph "cluster_cond/1" {
        label="else";
        subgraph "cluster_lp" {
          label="lp: loop, at most 3 times";
          "$break-1" [label="<break> (line 10)"];
        }
      }
    }
  }
  subgraph "cluster_$phase-1" {
    label="phase last";
    "end" [label="end\\nsink:log"];
  }
  "/output" [label="output"];
  subgraph "cluster_/on-error" {
    label="on error";
    "oops" [label="oops\\nsink:log"];
  }
  subgraph "cluster_/finally" {
    label="finally";
    "fin" [label="fin\\nsink:log"];
  }
  "rows" -> "$set-1";
  "$set-1" -> "q" [label="variable", lhead="cluster_fetch-all"];
  "rows" -> "q";
  "q" -> "m";
  "q" -> "note";
  "m" -> "note" [style=dashed];
  "note" -> "$fail-1" [style=dashed, label="on failure", lhead="cluster_note/fallback"];
  "fetch-all/1" -> "t" [ltail="cluster_fetch-all", lhead="cluster_each"];
  "rows" -> "t";
  "$break-1" -> "end" [style=dashed, label="after", ltail="cluster_each"];
  "rows" -> "fin";
  "$break-1" -> "/output" [ltail="cluster_each"];
}
`);
  });

  it.each([
    ['a word of Mermaid', named('end'), 'n_end["end<br/>source:value"]', '"end" [label="end\\nsource:value"];'],
    ['marks in an id', named('a.b--c'), 'n_a_b_c["a.b--c<br/>source:value"]', '"a.b--c" [label="a.b--c\\nsource:value"];'],
    [
      'marks in a name',
      '<workflow name="w"><parallel id="p"><branch name="`&lt;b&gt;` &quot;*\\&amp;#35;"/></parallel></workflow>',
      '["branch 0 (#96;#60;b#62;#96; #34;#42;#92;#38;#35;35;)"]',
      '[label="branch 0 (`<b>` \\"*\\\\&amp;#35;)"];',
    ],
    [
      'a flow of an output alone',
      '<workflow name="w"><output value="1"/></workflow>',
      'n__output["output"]',
      '"/output" [label="output"];',
    ],
  ])('keeps %s whole in both formats', (_, text, mermaid, dot) => {
    expect(drawn(text).mermaid).toContain(`${mermaid}\n`);
    expect(drawn(text).dot).toContain(`${dot}\n`);
  });

  it('tells ids apart that Mermaid could not', () => {
    const nodes = ['a.b', 'a-b', 'a_b', 'a_b_2'].map((id) => `<source:value id="${id}" value="1"/>`).join('');
    const { mermaid } = drawn(`<workflow name="w">${nodes}</workflow>`);
    const names = [...mermaid.matchAll(/^ {2}(\w+)\["(.+?)<br/gm)].map(([, name, id]) => [name, id]);
    expect(names).toEqual([
      ['n_a_b', 'a.b'],
      ['n_a_b_2', 'a-b'],
      ['n_a_b_3', 'a_b'],
      ['n_a_b_2_2', 'a_b_2'],
    ]);
  });

  it('draws 10,000 branches that all read one node', () => {
    const branches = Array.from(
      { length: 10_000 },
      (_, at) => `<branch><transform:select id="n${at}">rows.output</transform:select></branch>`,
    );
    const { mermaid, dot } = drawn(
      `<workflow name="w"><source:value id="rows" value="1"/><parallel id="p">${branches.join('')}</parallel></workflow>`,
    );
    expect(mermaid).toContain('  n_rows --> n_n9999\n');
    expect(dot).toContain('  "rows" -> "n9999";\n');
  });
});
