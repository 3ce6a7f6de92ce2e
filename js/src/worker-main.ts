/** The script of the worker that `CuWorker` starts unless it is given another. */
import { serve } from "./worker.js";

serve();
