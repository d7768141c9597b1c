export const runsWords = {
  none: "There are no runs yet. Open Train to start one.",
  deleteText: "Its model is deleted, too.",
  compare: "Side by side",
  chooseTwo: "Choose two finished runs to compare them.",
  choose: (run: string) => `Compare ${run}`,
  run: "Run",
  score: "Score",
  interval: "95 % confidence interval",
  testSamples: "Test samples",
  seconds: "Seconds",
  difference: (gain: string) => `Difference: ${gain}.`,
  overlap: "A difference that is smaller than the intervals may be due to chance.",
};
