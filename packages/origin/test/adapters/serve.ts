// The adapter contract behind the runtime's own server: `npm run conformance:runtimes` runs it on Bun and on Deno.
import { fetchHandler } from "../../src/adapters/fetch.ts";
import { type App, adapterContract, type Running } from "./contract.ts";

type Fetch = (request: Request) => Promise<Response>;
interface Runtimes {
  readonly Bun?: {
    serve(options: { hostname: string; port: number; fetch: Fetch; error: () => Response }): {
      readonly port: number;
      stop(now: boolean): Promise<void>;
    };
  };
  readonly Deno?: {
    serve(
      options: { hostname: string; port: number; onListen: () => void; onError: () => Response },
      fetch: Fetch,
    ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
  };
}
const { Bun, Deno } = globalThis as Runtimes;
const where = { hostname: "127.0.0.1", port: 0 };
const fault = () => new Response("fault", { status: 500 });
const asking =
  (port: number): Running["ask"] =>
  (path, init) =>
    fetch(`http://127.0.0.1:${port}${path}`, init);

if (Bun === undefined && Deno === undefined) throw new Error("this runs on Bun and on Deno");
if (Bun !== undefined)
  adapterContract("Bun.serve", async (app: App) => {
    const server = Bun.serve({ ...where, fetch: fetchHandler(app), error: fault });
    return { ask: asking(server.port), close: () => server.stop(true) };
  });
if (Deno !== undefined)
  adapterContract("Deno.serve", async (app: App) => {
    const server = Deno.serve({ ...where, onListen: () => {}, onError: fault }, fetchHandler(app));
    return { ask: asking(server.addr.port), close: () => server.shutdown() };
  });
