import { pairs } from "./studies.js";
import { characterise } from "./suite.js";

characterise(pairs);
