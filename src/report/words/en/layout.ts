/** English headings of a report, and sentences of its frame. */
export const layoutEn = {
  report: "Engraft report",
  contents: "Contents",
  top: "Result",
  glossary: "Glossary",
  /** Headings of the sections of a run. */
  sections: {
    drawn: "Worst pictures",
    confusion: "Confusion matrix",
    worst: "Worst samples",
    scores: "Scores by class",
    thresholds: "Thresholds",
    otherTest: "On another test set",
    curves: "Learning curves",
    calibration: "Calibration",
    sets: "Prediction sets and abstention",
    columns: "Which columns the predictions depend on",
    explanations: "What single predictions depend on",
    features: "Map of the test samples",
    layers: "What training changed",
    leaks: "Leaks between the splits",
    data: "Data",
    skipped: "Skipped samples",
    init: "Weights from another model",
    settings: "Training settings",
    reproduce: "Reproduce this run",
  },
};
