/**
 * How Transformers.js opens a model of images, by its predictions. The type decides which pipelines accept the model, the processor how
 * they read its outputs. The types are those of well-known models, because other types are refused. With another processor, masks come
 * out empty without an error.
 *
 * - classes: `logits` float32[batch, C]
 * - boxes: `logits` float32[batch, N, K + D] and `pred_boxes` float32[batch, N, 4], see `withDetections`
 * - masks: `logits` float32[batch, K, h, w]; the background is a class
 */
export const imageModels = {
  classes: {
    type: "resnet",
    architecture: "ResNetForImageClassification",
    processor: { image_processor_type: "ViTImageProcessor" },
  },
  boxes: {
    type: "yolos",
    architecture: "YolosForObjectDetection",
    // Padded images would have boxes at the wrong place.
    processor: { image_processor_type: "YolosImageProcessor", do_pad: false },
  },
  masks: {
    type: "segformer",
    architecture: "SegformerForSemanticSegmentation",
    processor: { image_processor_type: "SegformerImageProcessor" },
  },
} as const;

/** Predictions of a model of images. */
export type ImagePredictions = keyof typeof imageModels;
