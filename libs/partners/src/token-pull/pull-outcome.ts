import { type PullResult } from './token-pull.js';

/**
 * A finished pull in one line for an operator: `complete`; `partial: …` when not all that arrived could be taken
 * (TRN-19); `incomplete: …` when less arrived than the partner counts, so that the same window is pulled again (TRN-31).
 */
export function pullOutcome({ kind, missing, broken, foreign, doubts }: PullResult): string {
  const remarks = [
    ...(missing > 0 ? [`${missing} objects that the partner counts did not arrive`] : []),
    ...(broken > 0 ? [`${broken} objects could not be read`] : []),
    ...(foreign > 0 ? [`${foreign} objects are of other parties`] : []),
    ...(kind === 'full' && doubts.length > 0
      ? [`no token was taken for withdrawn, for ${doubts.join(', ')}`]
      : []),
  ];
  if (remarks.length === 0) return 'complete';
  return `${missing > 0 ? 'incomplete' : 'partial'}: ${remarks.join('; ')}`;
}
