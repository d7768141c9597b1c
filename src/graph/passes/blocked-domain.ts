/** The domain of the runtime's convolutions on blocked tensors: not part of ONNX, never in an exported model. */
export const blockedDomain = "com.microsoft.nchwc";
