import { fetchHandler } from "../../src/adapters/fetch.ts";
import { adapterContract } from "./contract.ts";

adapterContract("Fetch API", async (app) => {
  const handle = fetchHandler(app);
  // the runtime around a Fetch API handler answers what it throws
  const fault = () => new Response("fault", { status: 500 });
  return {
    ask: (path, init) => handle(new Request(`http://a.example${path}#part`, init)).catch(fault),
    close: async () => {},
  };
});
