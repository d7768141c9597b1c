import type { SessionFit } from "../../../src/session/live-session.js";
import { noun } from "./samples.js";

export const tryWords = {
  model: "Model",
  quick: "Quick model",
  quickOf: (count: string) => `Quick model, ${count}`,
  noQuick: "There is no quick model for these data. Train a model first:",
  chooseRun: "Choose a run to try its model.",

  twoClasses: (count: string) =>
    `Add two classes with ${count} each. The predictions then start automatically.`,
  needs: (name: string, kind: string, n: number) => `${name} needs ${n} more ${noun(kind, n)}.`,
  learning: "The quick model is learning …",
  features: (done: number, total: number) => `Looking at the samples: ${done} of ${total}`,
  failed: "The quick model stopped.",
  noWebAssembly: "This browser cannot run models: it has no WebAssembly. Use a current browser.",
  again: "Try again",

  camera: "Use the camera",
  cameraView: "Live picture",
  stopCamera: "Stop the camera",
  file: "Try a file",
  triedPicture: "The picture to try",
  pasteHelp: "You can also paste or drop a picture here.",
  pause: "Pause",
  goOn: "Continue",

  unsure: "Unsure",
  noText: "The model wrote no text.",
  atLimit: (tokens: number) => `The text stopped at the limit of ${tokens} tokens.`,
  all: (n: number) => `Show all ${n}`,
  fewer: "Show fewer",
  usedForTraining: (kind: string) => `This ${noun(kind, 1)} was used for training.`,
  mayBeUsed: (kind: string) =>
    `This ${noun(kind, 1)} is in the project. The model may have been trained on it.`,
  usedForTest: (kind: string) => `This ${noun(kind, 1)} is in the test split. It was not used for training.`,
  wrong: "Wrong? It is …",
  added: (name: string) => `Added to ${name}.`,

  accuracy: (range: string) => `accuracy, cross-validated (95 % confidence interval ${range})`,
  mayBe: (range: string) => `The accuracy may be anything from ${range}.`,
  recordAgain: "Record each class again, in other places.",
  withoutGroups: (kind: string) =>
    `If several ${noun(kind, 2)} show the same thing, the accuracy on new ones is lower.`,
  nearCopies: (kind: string, n: number) =>
    `${n} ${noun(kind, n)} are nearly the same as others. The accuracy counts such ${noun(kind, 2)} as one.`,
  earlier: (count: string) => `This result is from the earlier ${count}.`,
  learningNew: "The quick model is learning the changes …",
  noScore: ({ reason, classes }: Pick<SessionFit, "reason" | "classes">, kind: string) => {
    if (reason?.code === "no-score-one-class") return "No accuracy yet: it needs two classes.";
    if (reason?.code === "no-score-few-samples") return `No accuracy yet: it needs more ${noun(kind, 2)}.`;
    const single = classes.filter(({ groups }) => groups < 2);
    if (single.length < classes.length)
      return `No accuracy yet: ${single.map(({ name }) => name).join(", ")} ${single.length === 1 ? "has" : "have"} only one recording. Record again, in another place.`;
    return "No accuracy yet: each class has only one recording. Record again, in another place.";
  },

  check: "Check",
  copies: (kind: string, n: number) =>
    n === 1 ? `1 ${noun(kind, 1)} is a copy.` : `${n} ${noun(kind, n)} are copies.`,
  contradictions: (kind: string, n: number, a: string, b: string) =>
    `${n} ${noun(kind, n)} ${n === 1 ? "is" : "are"} in ${a} and in ${b}. Which is right?`,
  silent: (n: number) => (n === 1 ? "1 sound is silent." : `${n} sounds are silent.`),
  unreadable: (kind: string, n: number) => `${n} ${noun(kind, n)} cannot be read.`,
  suspects: (n: number) => (n === 1 ? "1 label may be wrong." : `${n} labels may be wrong.`),
  look: "Look at them",
  oneRecording: "Each class has only one recording. Record again, in another place.",
  oneRecordingOf: (name: string) => `${name} has only one recording. Record again, in another place.`,
  suspectsTitle: "Is this label right?",
  place: (at: number, n: number) => `${at} of ${n}`,
  given: (name: string) => `Its class is ${name}.`,
  predicted: (name: string, share: string) => `The quick model says ${name} (${share}).`,
  othersOfRecording: (n: number) =>
    n === 1
      ? "1 more sample of its recording changes with it."
      : `${n} more samples of its recording change with it.`,
  itIs: (name: string) => `It is ${name}`,
  keep: (name: string) => `Keep ${name}`,
  suspectKeys: "Keys: Enter for the first button, K to keep, 1–9 for a class.",
};
