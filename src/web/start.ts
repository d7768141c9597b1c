// Default worker. It loads onnxruntime-web from the address that the page gives.
import { serve } from "./worker.js";

serve();
