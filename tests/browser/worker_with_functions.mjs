/** A worker of a page's own, whose Lua code finds functions of the host, well-behaved and not. */
import { serve } from "/worker.js";

serve({ modules: { host: () => ({ double: (x) => x * 2, stuck: () => { for (;;); } }) } });
