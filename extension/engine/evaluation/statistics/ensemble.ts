/**
 * Ensembles of prompts of one frozen model (Lester et al. 2021, section 6). `members` are the class probabilities that each prompt
 * gives one example, [N, C].
 */

/** The class with the most votes, each prompt voting for its most probable class; among equals the one with the higher summed probability. */
export function majorityVote(members: readonly (readonly number[])[]): number {
  const votes = new Array<number>(members[0]!.length).fill(0);
  for (const probabilities of members) votes[mostProbable(probabilities)]!++;
  const sums = meanProbabilities(members);
  return votes.reduce((best, count, each) => {
    const ahead = count - votes[best]!;
    return ahead > 0 || (ahead === 0 && sums[each]! > sums[best]!) ? each : best;
  }, 0);
}

/** Mean of the members' probabilities, [C]. */
export function meanProbabilities(members: readonly (readonly number[])[]): number[] {
  return members[0]!.map((_, each) => members.reduce((sum, member) => sum + member[each]!, 0) / members.length);
}

/** Share of the members that do not vote for the class with the most votes, 0 to 1. */
export function disagreement(members: readonly (readonly number[])[]): number {
  const winner = majorityVote(members);
  return members.filter((member) => mostProbable(member) !== winner).length / members.length;
}

/** The first of the most probable classes. */
export function mostProbable(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}
