// A training of speech recognition from random weights as a run prepares it, without augmentation: for comparisons with PyTorch.
import { withWeights } from "../../dist/bases/heads.js";
import { scoreTranscripts } from "../../dist/evaluate/transcripts/score-transcripts.js";
import { plannerOf } from "../../dist/methods/registry.js";
import { nodePlatform as platform } from "../../dist/platform/node.js";
import { rowFeeds } from "../../dist/run/training/row-feeds.js";
import { clipsAt } from "../../dist/tasks/sounds/open-sounds.js";
import { openSpeech } from "../../dist/tasks/transcripts/open-speech.js";
import { openSpeechBase } from "../../dist/tasks/transcripts/open-speech-base.js";
import { decoderOf, eachClip } from "../../dist/tasks/transcripts/recognise.js";
import { speechIn, transcriptHead } from "../../dist/tasks/transcripts/transcript-head.js";
import { requireFrames } from "../../dist/tasks/transcripts/transcripts-run.js";

const quiet = () => undefined;
const batch = 16;
/** Peak learning rate of a run from random weights. */
const rate = 3e-3;

/**
 * Returns the network, its plan and objective, the feeds of its steps, the training and test clips, their samples (`inputs`), and
 * `score(evaluate)` for the test clips. `order` collects the positions of the training clips of each step while `streams` are read.
 */
export async function speechTraining(path, { seed = 0, steps }) {
  const options = { augment: "none", seed };
  const opened = await openSpeech(platform, path, { seed: 0, options, onEvent: quiet });
  const { opened: base, ...how } = await openSpeechBase({ seed }, opened.vocabulary.tokens, platform, quiet);
  const { frames } = how;
  const { audio } = base.base;
  const data = requireFrames(opened, frames, audio.extractor.rate, quiet);
  const inputs = await clipsAt(data.items, { audio, platform, onEvent: quiet, whole: true });
  const head = transcriptHead({ data, inputs, ...how }, quiet);
  const network = head.network(base.body);
  const model = withWeights(
    network,
    new Map([...base.body.graph.initializers, ...head.fresh(network, seed)]),
  );
  const [train, test] = [speechIn(data, "train"), speechIn(data, "test")];
  const epochs = Math.ceil((steps * batch) / train.length);
  const settings = { epochs, batch, rate, schedule: "one-cycle", option: { keep: "last" } };
  const plan = (await plannerOf("full"))(model, { examples: train.length, classes: [], ...settings });
  const items = train.map((item) => ({ ...item, label: 0 }));
  const order = [];
  const targets = head.targets(items);
  const rows = (given) => {
    order.push(given.indices);
    return targets(given);
  };
  const source = { items, batch, seed, rows };
  return {
    ...{ model, plan, data, train, test, inputs, order, targets },
    objective: head.objective(plan, 0),
    lengths: { sizes: [inputs.longest], fill: inputs.fill },
    streams: {
      stepsPerEpoch: Math.ceil(train.length / batch),
      feeds: (epoch, from) => rowFeeds(source, inputs, epoch, from, false),
    },
    score: (evaluate) => scoreCharacters(data, test, inputs, evaluate),
  };
}

/** Scores the test clips by characters, decoded greedily. */
async function scoreCharacters(data, test, inputs, evaluate) {
  const decode = decoderOf();
  const texts = new Map();
  const read = (scores, i) => void texts.set(i, data.vocabulary.decode(decode(scores)));
  await eachClip(evaluate, test, inputs, data.vocabulary, read);
  const clips = test.map(({ id, text }, i) => ({ item: id, reference: text, hypothesis: texts.get(i) }));
  return scoreTranscripts(clips, { unit: "characters" });
}
