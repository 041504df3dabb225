// A process that works on a store until it is killed. First it tells what it finds, then each thing that it does:
// "found ID" (head and content are right), "kept ID" after it was put, "leaving ID" before it goes, "fault …".
// Arguments: folder, a seed, and "once" to end after looking.
import { writeSync } from "node:fs";
import { Fields, type StoredResponse } from "@larder/core";
import { openSqliteStore } from "../src/sqlite-store-node.ts";
import { octets, readAll, sha256 } from "./store-helpers.ts";

const [folder, seed, once] = process.argv.slice(2);
const keys = Array.from({ length: 12 }, (_, index) => `https://files.example/${index}`);
const tell = (line: string) => writeSync(1, `${line}\n`);
const store = openSqliteStore({
  folder: folder!,
  maxBytes: 1 << 30,
  memoryBytes: 8 << 20,
  onFault: ({ message }) => tell(`fault ${message}`),
});

for (const cacheKey of keys)
  for (const stored of await store.list(cacheKey)) {
    const content = await store.open(stored);
    // the id says what the content must be
    const [, size, salt] = stored.id.split("/").map(Number);
    if (content === undefined) tell(`fault ${stored.id} has no content`);
    else if (sha256(await readAll(content)) !== sha256(octets(size!, salt!))) tell(`fault ${stored.id} is wrong`);
    else if (stored.fields.get("length") !== String(size)) tell(`fault ${stored.id} has another's head`);
    else tell(`found ${stored.id}`);
  }
tell("ready");
if (once) await store.close();
else await Promise.all([1, 2, 3, 4].map((lane) => work(lane)));

async function work(lane: number): Promise<never> {
  for (let round = 0; ; round++) {
    const pick = octets(8, Number(seed) * 1000 + lane * 100 + round);
    const cacheKey = keys[(pick[0]! % 3) * 4 + lane - 1]!;
    const there = await store.list(cacheKey);
    if (pick[1]! < 100 && there.length > 0) {
      const [one] = there;
      await store.put({ ...one!, responseTime: one!.responseTime + 1 });
    } else if (pick[1]! < 115 && there.length > 0) {
      for (const { id } of there) tell(`leaving ${id}`);
      await store.remove(there);
    } else {
      const size = pick[2]! < 128 ? pick[3]! * 100 : pick[3]! * 4000;
      const content = octets(size, pick[4]);
      const writer = store.create({ length: size, digest: { algorithm: "sha256", hex: sha256(content) } });
      for (let at = 0; at < size; at += 16_384) await writer.write(content.subarray(at, at + 16_384));
      const replaces = there.slice(1);
      for (const { id } of replaces) tell(`leaving ${id}`);
      const stored: StoredResponse = {
        id: `${seed}-${lane}-${round}/${size}/${pick[4]}`,
        cacheKey,
        method: "GET",
        status: 200,
        fields: Fields.of(["Length", String(size)]),
        varying: [],
        requestTime: 1,
        responseTime: round,
        contentSince: 1,
        verifiedAt: 1,
        invalid: false,
        content: await writer.finish(),
      };
      await store.put(stored, writer, replaces);
      tell(`kept ${stored.id}`);
    }
    await new Promise(setImmediate);
  }
}
