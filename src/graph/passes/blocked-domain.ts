/** Domain of onnxruntime's convolutions on blocked tensors. Not part of ONNX, and never in an exported model. */
export const blockedDomain = "com.microsoft.nchwc";
