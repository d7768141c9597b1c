/** English sentences of what was seen inside a model. */
import { html, type Markup } from "../../html.js";

export const insightsEn = {
  looksTitle: "Where the model looks",
  looksPictures: html`What of a picture the answer came from, on the worst and on the surest right answers. <strong>Grad-CAM</strong>
(Selvaraju et al. 2017) follows the gradient of the answer's score back to the last feature map: brighter places speak for the
answer. <strong>Occlusion</strong> hides a patch behind grey and scores again: <span class="for">orange</span> places speak for the
answer, <span class="against">blue</span> ones against it. The two may differ; neither shows what a person would look for.`,
  looksTexts: html`Each word (each Chinese or Japanese character) was left out once and the text scored again:
<span class="for">orange</span> words speak for the answer, <span class="against">blue</span> ones against it, the stronger the
colour the more. What several words say only together is not seen this way.`,
  worstOf: "The worst answers",
  leastSureOf: "The least sure answers, all of them right",
  bestOf: "The surest right answers",
  gradCam: "Grad-CAM",
  occlusion: "occlusion",
  noPreview: "no preview",
  said: "said",
  is: "is",
  strongest: (what: string): string => `most: ${what}`,
  leftOut: {
    "grad-cam": (why: Markup): Markup => html`No Grad-CAM: ${why}.`,
    occlusion: (why: Markup): Markup => html`Some answers are not explained: ${why}.`,
    map: (why: Markup): Markup => html`No map of the test part: ${why}.`,
    layers: (why: Markup): Markup => html`Features before and after training were not compared: ${why}.`,
  },
  mapTitle: "The test part as the model sees it",
  mapIntro: (shown: string, width: string): Markup =>
    html`${shown} as points: the ${width} features that the trained model answers by, drawn in two dimensions. Colours are the
true classes; a ring marks a wrong answer. Point at one, or touch it, to see which it is.`,
  ofAll: (shown: string, all: string): string => `${shown} of ${all}`,
  pcaTitle: "PCA",
  pcaNote: (first: string, second: string): string =>
    `the two directions of most variance: ${first} and ${second} of it; distances are true as far as they are shown`,
  umapTitle: "UMAP",
  umapNote: (neighbours: number): string =>
    `neighbours stay neighbours (${neighbours} of each); sizes of groups and distances between them mean nothing`,
  mapAlt: (kind: string): string => `${kind} of the features of the test part`,
  wrong: "wrong answer",
  pointSays: (item: string, truth: string, predicted: string): string =>
    truth === predicted ? `${item}: ${truth}` : `${item}: is ${truth}, said ${predicted}`,
  moreClasses: (n: number): string => `${n} more classes`,
  layersTitle: "What training moved",
  layersStayed: "The body stayed as it was: only the head was learnt.",
  firstMoved: (share: string): string => `The first layers moved by ${share} of their size,`,
  firstStayed: "The first layers stayed as they were,",
  lastMoved: (share: string): string => `the last ones by ${share}.`,
  mostMoved: (name: string, share: string): string => `Most moved ${name}, by ${share}.`,
  sameFeatures: (cka: string): string =>
    `What comes out of the body is much the same to the head as before (CKA ${cka}).`,
  otherFeatures: (cka: string): string =>
    `What comes out of the body has become something else (CKA ${cka}): the head learnt on other features than the base's.`,
  layersNote:
    "From the input to the features. Moved: the length of the change of a block's weights against the length of the weights before, BatchNormalization's averages left out.",
  ckaLong: (items: string): string =>
    `CKA (Kornblith et al. 2019): how alike what comes out is before and after training, on ${items}; 1 is the same up to rotation and scale.`,
  blockNumber: "block",
  movedTitle: "Moved",
  movedNote: "by block from the input on, in % of its weights",
  ckaTitle: "Likeness to the base (CKA)",
  ckaNote: "by block; 1: gives the same as before",
  everyBlock: "Every block as a table",
  block: "block, up to",
  parameters: "weights",
  moved: "moved",
  cka: "CKA",
};
