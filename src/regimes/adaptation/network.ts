import { lenet, oneHiddenLayer } from "../../bases/architectures/index.js";
import type { Body } from "../../bases/body.js";
import { withHead } from "../../bases/heads.js";
import { withPixels } from "../../bases/pixels.js";
import { type BaseFacts, baseFacts } from "../../core/results/base-facts.js";
import { wholeOf } from "../../core/results/rows.js";
import type { ImageItem, ImagePreprocessing } from "../../data/index.js";
import { type BagOfWords, fitBagOfWords } from "../../data/texts/index.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { featuresOf } from "../../methods/body-weights.js";
import { type OpenedBase, openBody, openTrunk } from "../../run/setup.js";
import { freshWeights } from "../../train/initialize.js";
import type { AdaptContext } from "./context.js";
import { type DomainItem, type Domains, type Inputs, itemsOf } from "./domain.js";
import { adaptDefaults } from "./options.js";
import { pictureInputs } from "./pictures.js";
import { textInputs, textOf } from "./texts.js";

/** What learns, and how items get into it. */
export interface Network {
  readonly inputs: Inputs;
  /** The model as it is exported, with a head that knows nothing yet: pixels or rows -> logits. */
  readonly plain: Graph;
  /** The same as it is fed while it trains. */
  readonly model: Graph;
  /** The value of `model` that is aligned, and its width. */
  readonly features: Value;
  readonly width: number;
  /** From random weights. */
  readonly fresh: boolean;
  readonly base: BaseFacts & { readonly licenseText?: string };
  readonly preprocessing?: ImagePreprocessing;
  readonly bag?: BagOfWords;
  /** Features of the frozen base, kept on disk; missing for a fresh network. */
  readonly frozen?: (items: readonly DomainItem[]) => Promise<Float32Array>;
}

/** The network that `--base lenet` means. */
export const freshPictures = "lenet";

/** LeNet's own size; pixels become -2 … 2. */
const digits = { size: 28, mean: 0.5, std: 0.25 } as const;
/** Hidden units over word counts: twice Ganin et al.'s 50. */
const textUnits = 100;

export async function openNetwork(context: AdaptContext, domains: Domains): Promise<Network> {
  const { options, platform, seed } = context;
  const signal = options.signal;
  const classes = domains.source.classes.length;
  const pictures = domains.source.items.length + domains.target.items.length;
  const fresh = async (name: string, body: Body) => {
    const plain = withHead(body, classes, emptyHead(classes, body.width));
    for (const [value, tensor] of freshWeights(plain, seed)) plain.initializers.set(value, tensor);
    const base = { name, sha256: await platform.sha256(`${name} ${seed}`), license: "none: random weights" };
    return { plain, width: body.width, fresh: true, base };
  };
  if (context.unit === "text") {
    const learnt = [...itemsOf(domains.source, "train"), ...itemsOf(domains.target, "train")];
    const bag = fitBagOfWords(learnt.map(textOf), options.terms ?? adaptDefaults.terms);
    const made = await fresh("bag-of-words", oneHiddenLayer(bag.terms.length, textUnits));
    return {
      ...made,
      inputs: textInputs(bag, signal),
      model: made.plain,
      features: featuresOf(made.plain),
      bag,
    };
  }
  const source = {
    platform,
    augmentation: options.augment ?? adaptDefaults.augment,
    seed,
    pictures,
    ...(signal && { signal }),
  };
  if (options.base === freshPictures) {
    const size = options.imageSize ?? digits.size;
    const three = (x: number): readonly [number, number, number] => [x, x, x];
    const preprocessing: ImagePreprocessing = {
      height: size,
      width: size,
      rescale: 1 / 255,
      mean: three(digits.mean),
      std: three(digits.std),
      channels: "rgb",
    };
    const made = await fresh(freshPictures, lenet(size));
    const model = withPixels(made.plain, preprocessing);
    return {
      ...made,
      inputs: pictureInputs(preprocessing, source),
      model,
      features: featuresOf(model),
      preprocessing,
    };
  }
  const opened = await openBody(
    options.base ?? adaptDefaults.base,
    { ...options, onEvent: context.onEvent },
    platform,
  );
  return fromBase(context, opened, classes, source);
}

function fromBase(
  context: AdaptContext,
  opened: OpenedBase,
  classes: number,
  source: Parameters<typeof pictureInputs>[1],
): Network {
  const { options, platform, runtime, onEvent } = context;
  const { base, body } = opened;
  const plain = withHead(body, classes, emptyHead(classes, body.width));
  const model = withPixels(plain, base.preprocessing);
  const inputs = pictureInputs(base.preprocessing, source);
  const { licenseText } = base;
  return {
    inputs,
    plain,
    model,
    features: featuresOf(model),
    width: body.width,
    fresh: false,
    base: { ...baseFacts(base), ...(licenseText !== undefined && { licenseText }) },
    preprocessing: base.preprocessing,
    frozen: async (items) => {
      const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent });
      try {
        const { decoded } = inputs;
        const { signal } = options;
        return wholeOf(
          await trunk.features(items as readonly ImageItem[], {
            onEvent,
            decoded,
            ...(signal && { signal }),
          }),
        );
      } finally {
        await trunk.close();
      }
    },
  };
}

const emptyHead = (classes: number, width: number) => ({
  weight: new Float32Array(classes * width),
  bias: new Float32Array(classes),
});
