// `node bench/pages.ts`: processor time to read and to write the page of a project with 50,000 files, in JSON and in
// HTML; once as lean as PEP 700 allows (some 10 MB of JSON), once with all that a big public index says of a file.
import {
  fileUrls,
  jsonType,
  type PageType,
  plainHtmlType,
  readPage,
  writePage,
} from "../packages/formats/src/index.ts";
import { bigPage } from "./big-page.ts";

const count = 50_000;
const rounds = 5;
const paths = fileUrls({ prefix: "/pypi/", upstream: new URL("https://index.example/simple/") }, "big-project");
const source = { base: "https://index.example/simple/big-project/", project: "big-project" };

/** @returns the result and the processor time in milliseconds */
function timed<T>(work: () => T): readonly [T, number] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1000];
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1]!;

function measure(says: string, type: PageType, content: Uint8Array): void {
  const reading: number[] = [];
  const json: number[] = [];
  const html: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [result, read] = timed(() => readPage(type, content, source));
    if ("fault" in result) throw new Error(result.fault);
    if (result.page.files.length !== count) throw new Error(`${result.page.files.length} files`);
    reading.push(read);
    json.push(timed(() => writePage(paths, result.page, jsonType))[1]);
    html.push(timed(() => writePage(paths, result.page, plainHtmlType))[1]);
  }
  const row = (name: string, times: readonly number[]) =>
    `${name} ${times[0]!.toFixed(0)} ms at first, ${median(times).toFixed(0)} ms`;
  const size = (content.length / 1e6).toFixed(1);
  console.log(`${says}, ${size} MB: ${row("read", reading)}; ${row("write JSON", json)}; ${row("write HTML", html)}`);
}

for (const full of [false, true]) {
  const json = bigPage(count, full);
  const read = readPage(jsonType, json, source);
  if ("fault" in read) throw new Error(read.fault);
  measure(`${full ? "full" : "lean"} JSON`, jsonType, json);
  // its links are relative, so they lead to the same number of files, elsewhere
  measure(
    `${full ? "full" : "lean"} HTML`,
    plainHtmlType,
    new TextEncoder().encode(writePage(paths, read.page, plainHtmlType)),
  );
}
console.log(`resident: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
