import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatHttpDate, type RequestHead } from "@larder/core";
import { purge } from "../src/index.ts";
import { bench, start, target, told } from "./bench.ts";
import { type Answer, fakeUpstream } from "./fake-upstream.ts";

const fields = { "Cache-Control": "max-age=60", Vary: "Accept-Language", ETag: '"1"' };
const english: Answer = { fields: { Date: formatHttpDate(start), ...fields }, body: "one for all" };
/** A 304 some seconds later. */
const same = (seconds = 0, more: Record<string, string> = {}): Answer => ({
  status: 304,
  fields: { Date: formatHttpDate(start + seconds * 1000), ...fields, ...more },
});
const [en, fr] = [{ "accept-language": "en" }, { "accept-language": "fr" }];
const tagsAsked = ({ fields }: RequestHead) => fields.get("if-none-match");

describe("9111:4.1 a 304 for a variant that is not stored #9111:4.1-variant", () => {
  test("the next request like it is not asked about again, and the content is kept once", async () => {
    const upstream = fakeUpstream(english, same());
    const { ask, cache } = bench(upstream);
    await told(await ask(en));
    const { bytes } = cache.store.size();
    const first = await told(await ask(fr));
    assert.deepEqual(first, {
      status: 200,
      text: "one for all",
      hit: false,
      fwd: "vary-miss",
      fwdStatus: 304,
      ttl: 60,
      stored: true,
    });
    assert.equal(tagsAsked(upstream.asked[1]!), '"1"');
    for (const who of [en, fr, { "accept-language": "FR" }]) assert.equal((await told(await ask(who))).hit, true);
    assert.equal(cache.store.size().responses, 2);
    assert.ok(cache.store.size().bytes < 2 * bytes);
  });

  test("the one whose content it has is as old as before #9111:4.3.4-initial-set", async () => {
    const upstream = fakeUpstream(english, same(50), same(61));
    const { ask, pass } = bench(upstream);
    await told(await ask(en));
    pass(50);
    await told(await ask(fr));
    pass(11);
    const [mine, theirs] = [await told(await ask(fr)), await told(await ask(en))];
    assert.deepEqual([mine.hit, mine.ttl, theirs.fwd, theirs.fwdStatus], [true, 49, "stale", 304]);
  });

  test("each is replaced for itself", async () => {
    const upstream = fakeUpstream(english, same(50), { ...english, fields: { ...fields, ETag: '"2"' }, body: "new" });
    const { ask, pass } = bench(upstream);
    await told(await ask(en));
    pass(50);
    await told(await ask(fr));
    pass(11);
    const texts = [];
    for (const who of [en, fr, en]) texts.push(((await told(await ask(who))) as { text: string }).text);
    assert.deepEqual(texts, ["new", "one for all", "new"]);
  });

  test("two tags: the one that the 304 names", async () => {
    const upstream = fakeUpstream(
      english,
      { ...english, fields: { ...fields, ETag: '"2"' }, body: "French" },
      same(0, { ETag: '"2"' }),
    );
    const { ask } = bench(upstream);
    for (const who of [en, fr]) await told(await ask(who));
    const swiss = { "accept-language": "fr-CH, de" };
    assert.equal(((await told(await ask(swiss))) as { text: string }).text, "French");
    assert.equal(tagsAsked(upstream.asked[2]!), '"2", "1"');
    const again = (await told(await ask(swiss))) as { text: string; hit: boolean };
    assert.deepEqual([again.text, again.hit], ["French", true]);
  });

  test("who wants the same waits for it; whom Vary tells apart does not", async () => {
    const upstream = fakeUpstream(english, same(), same());
    const { ask } = bench(upstream);
    await told(await ask(en));
    const answers = await Promise.all([ask(fr), ask(fr), ask({ "accept-language": "de" })]);
    assert.deepEqual(
      answers.map(({ cacheStatus }) => cacheStatus.collapsed ?? false),
      [false, true, false],
    );
    assert.equal(upstream.asked.length, 3);
  });

  test("of thousands the newest stay, each for one question and one stored head", async () => {
    const upstream = fakeUpstream(english, ...Array.from({ length: 1000 }, () => same()));
    const { ask, cache } = bench(upstream);
    await told(await ask(en));
    let puts = 0;
    const { put } = cache.store;
    cache.store.put = (...args) => {
      puts++;
      return put.apply(cache.store, args);
    };
    for (let i = 0; i < 1000; i++) await told(await ask({ "accept-language": `x-${i}` }));
    assert.deepEqual([upstream.asked.length, puts, cache.store.size().responses], [1001, 1000, 128]);
    assert.equal((await told(await ask({ "accept-language": "x-999" }))).hit, true);
  });

  test("a user's credentials leave nothing for others #9111:3.5-authorization", async () => {
    const upstream = fakeUpstream(english, same(), same(), same());
    const { ask, cache } = bench(upstream);
    await told(await ask(en));
    for (const user of ["A", "B"]) {
      const answer = await told(await ask({ ...fr, authorization: user }));
      assert.deepEqual([answer.fwdStatus, answer.stored], [304, false]);
    }
    assert.equal((await told(await ask(fr))).fwd, "vary-miss");
    assert.equal(cache.store.size().responses, 2);
  });

  test("what says private with the 304 is for the one who asked #9111:5.2.2.7-private", async () => {
    const own = same(0, { "Cache-Control": "private, max-age=60" });
    const shared = bench(fakeUpstream(english, own, own));
    const alone = bench(fakeUpstream(english, own), { shared: false });
    for (const { ask } of [shared, alone]) for (const who of [en, fr]) await told(await ask(who));
    assert.equal((await told(await shared.ask(fr))).fwd, "vary-miss");
    assert.equal((await told(await alone.ask(fr))).hit, true);
  });

  test("9111:3.3 a range asks for the whole, and finds it the next time", async () => {
    const upstream = fakeUpstream(english, same());
    const { ask } = bench(upstream);
    await told(await ask(en));
    const range = { ...fr, range: "bytes=0-2" };
    assert.equal(((await told(await ask(range))) as { text: string }).text, "one for all");
    assert.equal(upstream.asked[1]!.fields.has("range"), false);
    assert.equal((await told(await ask(range))).hit, true);
  });

  test("9111:4.3.2 a part of another variant is not asked about #9111:4.3.2-partial-tags", async () => {
    const part = { status: 206, fields: { ...english.fields, "Content-Range": "bytes 0-2/11" }, body: "one" };
    const upstream = fakeUpstream(part, part);
    const { ask } = bench(upstream);
    await told(await ask({ ...en, range: "bytes=0-2" }));
    await told(await ask({ ...fr, range: "bytes=0-2" }));
    assert.equal(tagsAsked(upstream.asked[1]!), undefined);
  });

  for (const mode of ["soft", "hard"] as const)
    test(`${mode} purge while it is asked about: nothing is kept`, async () => {
      let give: (answer: Answer) => void = () => undefined;
      const later = () => new Promise<Answer>((resolve) => (give = resolve));
      const upstream = fakeUpstream(english, later, english, english);
      const { ask, cache } = bench(upstream);
      await told(await ask(en));
      const asking = ask(fr);
      await new Promise(setImmediate);
      await purge(cache, { prefix: `test ${target}`, exact: true }, mode);
      give(same());
      assert.equal(((await told(await asking)) as { text: string }).text, "one for all");
      assert.notEqual((await told(await ask(fr))).hit, true);
    });

  test("invalidated for the others, it is valid for the one it was asked for", async () => {
    const upstream = fakeUpstream(english, same());
    const { ask, cache } = bench(upstream);
    await told(await ask(en));
    await purge(cache, { prefix: "test " }, "soft");
    await told(await ask(fr));
    assert.equal((await told(await ask(fr))).hit, true);
  });
});
