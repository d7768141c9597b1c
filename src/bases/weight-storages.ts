/** How a model file stores its weights. Computation is always in float32. */
export const weightStorages = {
  fp32: "as they were trained",
  fp16: "as 16-bit floats: half the file",
  same: "those of the base in the type that its file has, the new head as float32",
} as const;
export type WeightStorage = keyof typeof weightStorages;
