import assert from 'node:assert/strict';
import fs from 'node:fs';
import { parse } from 'yaml';
import { render, valueSets } from '../chart.mjs';
import { RULES } from '../chart-rules/index.mjs';

/** What holds of everything that the chart renders, in every value set and in some renderings more. */
export const name = 'chart rules';
export const tools = ['helm'];

/** Value set, values on top, release: what the sets alone do not show. */
const RENDERINGS = [
  ['minimal-http', { set: ['httpRoute={"enabled":true,"parentRefs":[{"name":"public"}]}'] }],
  ['minimal-http', { set: ['publicTls={"existingSecret":"tls","clientCertificates":"required"}'] }],
  ['minimal-http', { set: ['partnerTls.existingSecret="ours"'] }],
  ['production', { release: 'a-release-whose-name-is-as-long-as-helm-takes-names' }],
  ['production', { set: ['serviceAccount={"create":false,"name":"theirs"}'] }],
  ['everything', { set: ['networkPolicy.from={"ingressController":[]}'] }],
];

/** `only`: the renderings of this value set. */
export async function check(root, only) {
  const sets = valueSets(root);
  const problems = [];
  const all = [...Object.keys(sets).map((set) => [set, {}]), ...RENDERINGS];
  for (const [set, options] of all.filter(([one]) => one === (only ?? one))) {
    const { refused, objects, text } = await render(root, sets[set], options);
    if (refused) {
      problems.push(`${set}: ${refused}`);
      continue;
    }
    const values = parse(fs.readFileSync(sets[set], 'utf8'), { merge: true });
    for (const [title, rule] of Object.entries(RULES)) {
      const said = broken(() => rule({ objects, text, root, values }));
      if (said) problems.push(`${set}: ${title}: ${said}`);
    }
  }
  return problems;
}

function broken(rule) {
  try {
    rule();
    return undefined;
  } catch (error) {
    if (!(error instanceof assert.AssertionError)) throw error;
    return error.message;
  }
}

export { mistakes } from '../chart-rules/mistakes.mjs';
