/** A made-up finished run of speech recognition, for tests of its page. */
import { message, reasonFields } from "../../src/core/messages/message.js";
import type { TranscriptResultEvent } from "../../src/core/results/sequences/transcripts.js";
import { scoreTranscripts } from "../../src/evaluate/transcripts/score-transcripts.js";
import type { RunPageData } from "../../src/report/report-data.js";

/** Clips with one error of each kind, and the times of what was recognised. */
const clips = [
  {
    item: "door.wav",
    reference: "please open the old green door",
    hypothesis: "please the old very green floor",
    times: [
      [0.2, 0.4],
      [0.7, 0.8],
      [0.85, 1],
      [1, 1.1],
      [1.1, 1.15],
      [1.2, 1.5],
    ],
  },
  { item: "<b>.wav", reference: "<i>yes</i>", hypothesis: "yes", times: [[0.1, 0.4]] },
  { item: "right.wav", reference: "no", hypothesis: "no" },
] as const;

const test = scoreTranscripts(clips);

/** The run, in which `sounds` are missing. */
export const exampleTranscripts = (): RunPageData<TranscriptResultEvent> => ({
  title: "recordings",
  command: 'engraft train "./recordings" --epochs 2',
  versions: { engraft: "0.2.0", node: "22.0.0" },
  events: [],
  result: {
    ...{ event: "result", run: "/runs/one", model: "/runs/one/model" },
    task: "automatic-speech-recognition",
    base: { name: "speech-base", sha256: "ab".repeat(32), license: "Apache-2.0" },
    strategy: { name: "finetune", ...reasonFields([message("strategy-default")]) },
    split: { train: 20, validation: 3, test: 3, seed: 0 },
    trainable: { parameters: 12_000, total: 120_000 },
    ...{ epochs: 2, best_epoch: 1, test_looks: 1, peak_rss_mb: 210 },
    seconds: { total: 12, features: 1, training: 9 },
    forecast: { seconds: 10, peak_rss_mb: 200 },
    vocabulary: ["<pad>", "<unk>", "|", "a"],
    ...{ normalizer: "basic", error_unit: "words", test, decoder: { name: "greedy" } },
    validation: { n: 3, word_error_rate: 0.4, word_accuracy: 0.6, loss: 0.3 },
    baselines: {},
  },
});
