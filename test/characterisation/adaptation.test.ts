import { adaptations } from "./studies.js";
import { characterise } from "./suite.js";

characterise(adaptations);
