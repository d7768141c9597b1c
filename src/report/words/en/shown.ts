/** English parts of sentences on a shown score: why it has no digits, and what guessing gives. */

export const shownEn = {
  /** @param n "6 test pictures" */
  fewSamples: (n: string, isOne: boolean, about: string): string =>
    `${n} ${isOne ? "is" : "are"} too few for a number: about ${about} give one`,
  fewGroups: (items: string, groups: number, about: string): string =>
    `the test ${items} are of ${groups} ${groups === 1 ? "group" : "groups"}, too few for a number: about ${about} groups give one`,
  /** @param score "accuracy 35.6 %" @param name "always the most frequent class" */
  guessing: (score: string, name: string): string => `guessing gives ${score}: ${name}`,
  /** The interval of the model holds the score of guessing. */
  notTold: (score: string, name: string): string =>
    `guessing gives ${score} (${name}): the interval includes it`,
  noBetter: (score: string, name: string): string => `no better than guessing: ${name} gives ${score}`,
  loss: (own: string, guessing: string): string => `its log loss is ${own}, that of guessing ${guessing}`,
  and: "; ",
};
