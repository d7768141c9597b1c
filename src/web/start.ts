// The worker's file: where a page says where onnxruntime-web is, nothing else is needed.
import { serve } from "./worker.js";

serve();
