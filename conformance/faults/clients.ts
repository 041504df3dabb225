// Who installs from the upstream that is wrong.
import { installer } from "../project-clients.ts";
import { type Client, clients as python } from "../python.ts";

export type ClientName = "uv" | "pip" | "poetry" | "pdm";

export const clients: Readonly<Record<ClientName, Client>> = {
  ...python,
  poetry: installer("poetry"),
  pdm: installer("pdm"),
};

/** Who installs where a row says nothing else. */
export const usual: readonly ClientName[] = ["uv", "pip"];
