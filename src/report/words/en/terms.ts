/** English names and meanings of the terms that reports explain. docs/guide/glossary.md has the same meanings. */
export const termsEn = {
  accuracy: ["accuracy", "Share of samples whose predicted class is right."],
  "confidence-interval": ["confidence interval", "Range that holds the true value in 95 of 100 cases."],
  baseline: ["baseline", "A simpler method, to compare with."],
  "from-scratch": ["from scratch", "The same network, trained from random weights."],
  "linear-probe": [
    "linear probe",
    "A linear head on the features of the frozen base; nothing else is trained.",
  ],
  "tf-idf": ["TF-IDF", "Counts of words, weighted by how rare a word is; needs no network."],
  "confusion-matrix": ["confusion matrix", "A table: true classes in rows, predicted classes in columns."],
  precision: ["precision", "Share of the samples predicted as a class that belong to it."],
  recall: ["recall", "Share of the samples of a class that are predicted as it."],
  f1: ["F1", "Harmonic mean of precision and recall; 1 is best."],
  "macro-f1": ["macro F1", "Mean of F1 over the classes of the test split: each counts the same."],
  "micro-f1": ["micro F1", "F1 over all decisions together: frequent labels count more."],
  auroc: [
    "AUROC",
    "Probability that a sample of the class gets a higher score than one of another class; 0.5 is guessing.",
  ],
  "average-precision": [
    "average precision (AP)",
    "Area under the curve of precision over recall; 1 is best.",
  ],
  threshold: ["threshold", "Probability from which a label is predicted."],
  "log-loss": [
    "log loss",
    "Cross-entropy: minus the mean log probability of the true class, in nats; lower is better, ln(number of classes) is guessing.",
  ],
  calibration: ["calibration", "Whether a stated probability is the share that is right."],
  "calibration-error": [
    "calibration error",
    "Expected calibration error (ECE): mean distance between confidence and accuracy; 0 is best.",
  ],
  temperature: [
    "temperature",
    "The number that divides the logits to calibrate them; above 1 it lowers the confidence.",
  ],
  brier: ["Brier score", "Mean squared difference between probabilities and truth; lower is better."],
  "prediction-set": ["prediction set", "Classes that hold the true one as often as promised."],
  abstention: ["abstention", "No prediction if the confidence is below a threshold."],
  energy: ["energy", "−log Σ exp of the logits; high for unusual inputs."],
  wer: [
    "word error rate",
    "Wrong, missing and additional words, divided by the words of the transcripts; 0 is best, and it can exceed 100 %.",
  ],
  word_accuracy: ["word accuracy", "1 minus the word error rate; 1 is best."],
  token_accuracy: [
    "token accuracy",
    "Share of the tokens that a decoder gives the highest score, from the true ones before.",
  ],
  perplexity: [
    "perplexity",
    "How many equally likely tokens the model wavers between, on average; 1 is best.",
  ],
  "bits-per-byte": [
    "bits per byte",
    "Bits that the model needs for a byte of text; lower is better. It also compares models with other tokens.",
  ],
  r2: ["R²", "Share of the variance that is explained; 1 is best, 0 is always the mean."],
  iou: [
    "IoU",
    "Intersection over union: the area that two boxes or masks share, divided by the area that they cover together; 1 is best.",
  ],
  ap50: ["AP50", "Average precision of boxes that count as right from an IoU of 0.5."],
  map: [
    "mAP",
    "Mean average precision of boxes, over the classes and the ten IoU thresholds 0.50, 0.55, … 0.95; 1 is best.",
  ],
  miou: ["mIoU", "Mean over the classes of the IoU of predicted and true masks; 1 is best."],
  spearman: [
    "Spearman’s ρ",
    "Correlation of ranks: 1 if the predictions have the order of the true values, 0 without a relation.",
  ],
  mae: ["MAE", "Mean absolute error, in the unit of the target."],
  rmse: ["RMSE", "Root of the mean squared error, in the unit of the target; large errors count more."],
  "prediction-interval": [
    "prediction interval",
    "Range around a prediction that holds the true value as often as promised.",
  ],
  "learning-curves": [
    "learning curves",
    "Loss and score of the training and the validation split after each epoch.",
  ],
  epoch: ["epoch", "One pass over the training split."],
  "learning-rate": ["learning rate", "The size of a step of the training."],
  base: ["base", "The pretrained model that training starts from."],
  strategy: ["strategy", "Which weights train, and how."],
  seed: ["seed", "The number from which every random draw follows."],
  split: ["split", "The parts of the data: to train, to validate (choose), and to test."],
  margin: ["margin", "A difference that small counts as none."],
  "p-value": ["p", "Probability of a difference at least this large if there were none."],
  holm: ["Holm's correction", "Makes p stricter when several differences are tested."],
  "grad-cam": ["Grad-CAM", "A map of the picture's regions that a prediction depends on."],
  occlusion: ["occlusion", "Hides a patch of the picture and measures how the score changes."],
  pca: ["PCA", "Principal component analysis: the directions of most variance."],
  umap: ["UMAP", "A map in two dimensions that keeps neighbours together."],
  cka: ["CKA", "How similar two sets of features are, 0 to 1."],
  shapley: [
    "Shapley value",
    "What a feature adds to a prediction, on average over all orders of the features.",
  ],
  "a-distance": [
    "A-distance",
    "Distance of two datasets: 0 if a classifier cannot tell them apart, 2 if it always can.",
  ],
  mmd: ["MMD", "Maximum mean discrepancy, a distance of two sets of features; 0 for one distribution."],
} as const;

/** A term that reports explain. */
export type Term = keyof typeof termsEn;
