/** How a model file holds its weights; it computes in float32 in any case. */
export const weightStorages = {
  fp32: "as they were trained",
  fp16: "as 16-bit floats: half the file",
  same: "those of the base in the type that its file has, the new head as float32",
} as const;
export type WeightStorage = keyof typeof weightStorages;
