/** English sentences on what a model's predictions depend on, and what training changed. */
import { html, type Markup } from "../../html.js";
import { term } from "../terms.js";

export const insightsEn = {
  looksPictures: html`The regions of a picture that a prediction depends on. ${term("grad-cam", "en")} (Selvaraju et al. 2017) follows the gradient of the
predicted class back to the last feature map: brighter regions speak for the class. ${term("occlusion", "en", "Occlusion")} hides a patch behind grey and scores
again: <span class="for">orange</span> regions speak for the class, <span class="against">blue</span> ones against it. The two methods can differ.`,
  looksTexts: html`Each word (each Chinese or Japanese character) is left out once and the text is scored again:
<span class="for">orange</span> words speak for the predicted class, <span class="against">blue</span> ones against it. A stronger colour means a larger
effect. Effects of several words together are not measured.`,
  worstOf: "Worst predictions",
  leastSureOf: "Least confident predictions, all right",
  bestOf: "Most confident right predictions",
  gradCam: "Grad-CAM",
  occlusion: "occlusion",
  noPreview: "no preview",
  predicted: "predicted",
  labelled: "labelled",
  strongest: (what: string): string => `most: ${what}`,
  leftOut: {
    "grad-cam": (why: Markup): Markup => html`No Grad-CAM: ${why}.`,
    occlusion: (why: Markup): Markup => html`Some predictions are not explained: ${why}.`,
    map: (why: Markup): Markup => html`No map of the test samples: ${why}.`,
    layers: (why: Markup): Markup => html`Features before and after training were not compared: ${why}.`,
  },
  mapIntro: (shown: string, width: string): Markup =>
    html`${shown} as points: their ${width} features in front of the head, in two dimensions. Colours are the true classes; a ring marks a
wrong prediction. Point at a point, or touch it, to see the sample.`,
  ofAll: (shown: string, all: string): string => `${shown} of ${all}`,
  pcaTitle: "PCA",
  pcaNote: (first: string, second: string): string =>
    `the two directions of most variance: ${first} and ${second} of it`,
  umapTitle: "UMAP",
  umapNote: (neighbours: number): string =>
    `keeps ${neighbours} neighbours of each together; sizes of groups and distances between them have no meaning`,
  mapAlt: (kind: string): string => `${kind} of the features of the test samples`,
  wrong: "wrong prediction",
  pointSays: (item: string, truth: string, predicted: string): string =>
    truth === predicted ? `${item}: ${truth}` : `${item}: labelled ${truth}, predicted ${predicted}`,
  moreClasses: (n: number): string => `${n} more classes`,
  layersStayed: "The backbone is unchanged: only the head was trained.",
  firstMoved: (share: string): string => `The weights of the first layers changed by ${share},`,
  firstStayed: "The weights of the first layers did not change,",
  lastMoved: (share: string): string => `those of the last layers by ${share}.`,
  mostMoved: (name: string, share: string): string => `The largest change is in ${name}: ${share}.`,
  sameFeatures: (cka: string): string => `The features are much the same as before training (CKA ${cka}).`,
  otherFeatures: (cka: string): string => `The features differ from those of the base (CKA ${cka}).`,
  layersNote:
    "From the input to the features. Change: ‖w − w₀‖ / ‖w₀‖ of the weights of a block, without the averages of BatchNormalization.",
  ckaLong: (items: string): string =>
    `CKA (Kornblith et al. 2019): similarity of the output before and after training, on ${items}; 1 is the same up to rotation and scale.`,
  blockNumber: "block",
  movedTitle: "Change of the weights",
  movedNote: "by block from the input on, in %",
  ckaTitle: "Similarity to the base (CKA)",
  ckaNote: "by block; 1: the same output as before",
  everyBlock: "All blocks as a table",
  block: "block, up to",
  parameters: "weights",
  moved: "change",
  cka: "CKA",
};
