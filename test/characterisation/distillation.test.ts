import { distillations } from "./studies.js";
import { characterise } from "./suite.js";

characterise(distillations);
