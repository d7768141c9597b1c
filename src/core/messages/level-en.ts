/** English reasons why a value of a model is a feature level. */

export const levelEn = {
  "level-predictions": (v: { readonly convolution: string; readonly maps: number }): string =>
    v.maps === 1
      ? `the prediction convolution "${v.convolution}" reads it`
      : `"${v.convolution}" and the other prediction convolutions of this stride read them`,
  "level-way-out": ({ stride }: { readonly stride: number }): string =>
    `the maps of stride ${stride} are computed from it`,
  "level-widest": "it is the widest map of the last stage",
  "level-tokens": "it is the last map that all data passes through",
  "level-decoder": "the last convolution of the decoder reads it",
  "level-named": "--levels names it",
};
