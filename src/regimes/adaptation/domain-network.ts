import { lenet, oneHiddenLayer } from "../../bases/architectures/index.js";
import type { Body } from "../../bases/body.js";
import { withEmptyHead, withWeights } from "../../bases/heads.js";
import { message } from "../../core/messages/message.js";
import { modalityOf } from "../../core/modalities.js";
import { float32 } from "../../core/tensor.js";
import {
  type ImagePreprocessing,
  pictureInputs,
  type SampleInputs,
  uniformInputs,
} from "../../data/index.js";
import { type BagOfWords, denseRows, fitBagOfWords, rowsOf } from "../../data/texts/index.js";
import type { Platform } from "../../platform/platform.js";
import type { TaskTraining } from "../../run/context.js";
import { madeBase } from "../../run/made-network.js";
import type { OpenedBase } from "../../run/setup.js";
import { openInputs } from "../../tasks/inputs/open-inputs.js";
import { freshWeights } from "../../train/initialize.js";
import { type Domains, itemsOf } from "./domain.js";
import { domainKinds } from "./domain-kinds.js";
import { textOf } from "./open-domain.js";
import { type AdaptOptions, adaptDefaults, countsWords, randomImageNetwork } from "./options.js";

/** Network of an adaptation, with its inputs. */
export interface DomainNetwork {
  readonly opened: OpenedBase;
  /** Samples of both domains, or word counts of texts. */
  readonly inputs: SampleInputs;
  readonly defaults?: TaskTraining["defaults"];
  /** Vocabulary of texts. */
  readonly bag?: BagOfWords;
}

type Seeded = AdaptOptions & { readonly seed: number };

/** Preprocessing of LeNet: 28 × 28 pixels with values -2 … 2. */
const digits = { size: 28, mean: 0.5, std: 0.25 } as const;
/** Hidden units over word counts: twice Ganin et al.'s 50. */
const textUnits = 100;
/** Texts that are scored together. */
const textsAtOnce = 64;

/** Opens the base of an adaptation, or makes a network with random weights. */
export async function openNetwork(
  domains: Domains,
  options: Seeded,
  { platform, run }: { readonly platform: Platform; readonly run: string },
): Promise<DomainNetwork> {
  const { unit, source, target } = domains;
  if (domainKinds[unit].ofWords && countsWords(options)) return bagNetwork(domains, options, platform);
  const items = [...source.items, ...target.items];
  if (options.base === randomImageNetwork) {
    const opened = await randomImages(domains, options, platform);
    return { opened, inputs: pictureInputs(platform, opened.base.preprocessing, items.length) };
  }
  const { onEvent = () => undefined } = options;
  const how = { platform, onEvent, run };
  const { opened, inputs } = await openInputs(modalityOf(unit), { items }, options, how);
  return { opened, ...(await inputs()) };
}

/** Makes LeNet for images, with random weights. */
function randomImages(domains: Domains, { imageSize = digits.size, seed }: Seeded, platform: Platform) {
  const three = (x: number): readonly [number, number, number] => [x, x, x];
  const preprocessing: ImagePreprocessing = {
    height: imageSize,
    width: imageSize,
    rescale: 1 / 255,
    mean: three(digits.mean),
    std: three(digits.std),
    channels: "rgb",
  };
  return randomNetwork(
    randomImageNetwork,
    { body: lenet(imageSize), preprocessing },
    domains,
    seed,
    platform,
  );
}

/** Makes a small network on the words of both domains. The words of each text are counted once. */
async function bagNetwork(
  domains: Domains,
  { seed, terms = adaptDefaults.terms }: Seeded,
  platform: Platform,
): Promise<DomainNetwork> {
  const { source, target } = domains;
  const learnt = [...itemsOf(source, "train"), ...itemsOf(target, "train")];
  const bag = fitBagOfWords(learnt.map(textOf), terms);
  const body = oneHiddenLayer(bag.terms.length, textUnits);
  const rowOf = rowsOf(bag);
  const items = [...source.items, ...target.items];
  const texts = new Map(items.map((item) => [item.sha256, textOf(item)]));
  const counted = new Map<string, ReturnType<typeof rowOf>>();
  const countsOf = ({ sha256 }: { readonly sha256: string }) => {
    const row = counted.get(sha256) ?? rowOf(texts.get(sha256)!);
    counted.set(sha256, row);
    return row;
  };
  const inputs = uniformInputs(items, {
    unit: "texts",
    atOnce: textsAtOnce,
    tensor: (some) =>
      float32([some.length, bag.terms.length], denseRows(some.map(countsOf), bag.terms.length)),
  });
  const opened = await randomNetwork("bag-of-words", { body }, domains, seed, platform);
  return { opened, inputs, bag };
}

/** Makes a network with random weights by the seed. @param made.preprocessing of images; missing for word counts */
async function randomNetwork(
  name: string,
  { body, preprocessing }: { readonly body: Body; readonly preprocessing?: ImagePreprocessing },
  { source }: Domains,
  seed: number,
  platform: Platform,
): Promise<OpenedBase> {
  const weights = freshWeights(withEmptyHead(body, source.classes.length), seed);
  const drawn = { ...body, graph: withWeights(body.graph, weights) };
  const because = message("random-weights");
  const pixels = preprocessing !== undefined;
  const { base, ...made } = madeBase(name, drawn, {
    pretrained: false,
    because,
    fresh: freshWeights,
    pixels,
  });
  const facts = { sha256: await platform.sha256(`${name} ${seed}`), license: "none: random weights" };
  return { ...made, base: { ...base, ...facts, ...(preprocessing && { preprocessing }) } };
}
