// `npm run conformance:redbot`: REDbot, which lints HTTP, finds nothing wrong with servers made with the origin kit.
import { join } from "node:path";
import { freePort, type Running, root, run, scratch, start } from "./process.ts";
import { prepareVenv } from "./venv.ts";

/** What REDbot says about a resource; `level` is GOOD, INFO, WARN or BAD. */
interface Note {
  readonly note_id: string;
  readonly level: string;
  readonly summary: string;
}

/** Notes that are not about what the kit does. */
const notOurs: Readonly<Record<string, string>> = {
  "The Keep-Alive header is deprecated.": "node:http writes it to clients that ask to keep the connection",
  "The partial response has a Content-Length equal to the full response.":
    "REDbot asks for 97 octets, and these resources are shorter; what it got is checked by RANGE_CORRECT",
};
const validation = ["INM_304", "IMS_304"];
const all = [...validation, "RANGE_CORRECT"];

/** Each resource, and the good notes that must be there: the checks were made, and passed. */
const rows: readonly [example: string, path: string, good: readonly string[]][] = [
  ["site", "/", all],
  ["site", "/style.css", all],
  ["site", "/report", [...all, "CONNEG_GZIP_GOOD"]],
  ["notes", "/notes", all],
  ["notes", "/notes/1", all],
  ["express", "/things/1", ["INM_304", "RANGE_CORRECT"]],
  ["fastify", "/things/1", ["INM_304", "RANGE_CORRECT"]],
];

const bin = await prepareVenv(".venv-redbot", ["redbot==2.7.1", "httplint==2026.10.4"]);
const servers = new Map<string, { readonly url: string; readonly running: Running }>();

/** the example, listening */
async function serverOf(example: string): Promise<string> {
  const known = servers.get(example);
  if (known !== undefined) return known.url;
  const url = `http://127.0.0.1:${await freePort()}`;
  const command = [process.execPath, join(root, "packages/origin/examples", `${example}.ts`)];
  const env = { ...(process.env as Record<string, string>), PORT: new URL(url).port };
  servers.set(example, { url, running: await start(command, url, { env }) });
  if (example === "notes") {
    // so long that REDbot's range, some 97 octets, is only a part of it
    const body = "to be read twice, and sent once; ".repeat(10);
    await fetch(`${url}/notes/1`, { method: "PUT", body, headers: { "if-none-match": "*" } });
  }
  return url;
}

async function notesOn(url: string): Promise<readonly Note[]> {
  const { stdout, output } = await run([bin("redbot"), "-o", "har", url], { cwd: scratch("redbot"), seconds: 60 });
  try {
    return JSON.parse(stdout).log.entries.flatMap((entry: { _red_messages?: Note[] }) => entry._red_messages ?? []);
  } catch {
    throw new Error(`redbot gave no report on ${url}:\n${output}`);
  }
}

let faults = 0;
for (const [example, path, good] of rows) {
  const notes = await notesOn((await serverOf(example)) + path);
  const wrong = notes.filter(({ level, summary }) => level !== "GOOD" && level !== "INFO" && !(summary in notOurs));
  const missing = good.filter((id) => !notes.some((note) => note.note_id === id && note.level === "GOOD"));
  console.log(`${wrong.length + missing.length === 0 ? "ok    " : "FAILED"} ${example} ${path}`);
  for (const { note_id, level, summary } of wrong) console.log(`         ${level} ${note_id}: ${summary}`);
  for (const id of missing)
    console.log(`         no good note ${id}; there are: ${notes.map((note) => note.note_id).join(", ")}`);
  faults += wrong.length + missing.length;
}
for (const { running } of servers.values()) await running.stop();
console.log(faults === 0 ? `redbot finds nothing wrong with ${rows.length} resources` : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
