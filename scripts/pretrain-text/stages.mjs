// The stages of the pretraining: what each trains, and on which batches.
import { parallelTexts } from "./corpus.mjs";
import { maskedBatches } from "./masking.mjs";
import { maskedNetwork, pairNetwork } from "./networks.mjs";
import { pairBatches } from "./pairs.mjs";

/** @returns stages: `model()`, rows of scores `batch`, tokens a step, `feeds(from, to)`, and the settings of its training */
export function stagesOf(recipe, { corpora, vocabulary, encode, folder }) {
  const network = { ...recipe.network, vocabulary: vocabulary.size };
  const { masked, pairs, seed } = recipe;
  const count = Math.round(masked.share * masked.length);
  let translations;
  const translated = () => {
    translations ??= parallelTexts(folder).map(([en, zh]) => [encode(en), encode(zh)]);
    return translations.filter(([en, zh]) => en.length > 0 && zh.length > 0);
  };
  return [
    {
      ...masked,
      name: "masked",
      model: () => maskedNetwork(network, { ...masked, count }),
      batch: masked.rows * count,
      tokens: masked.rows * masked.length,
      feeds: (from, to) => maskedBatches(corpora, vocabulary, { seed, masked, network }, from, to),
    },
    {
      ...pairs,
      name: "pairs",
      model: () => pairNetwork(network, pairs),
      batch: 2 * pairs.batch,
      tokens: 2 * pairs.batch * pairs.length,
      feeds: (from, to) => pairBatches(corpora, translated(), { seed, pairs }, from, to),
    },
  ];
}
