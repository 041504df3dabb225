import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { openTls } from "../src/tls.ts";

const folder = mkdtempSync(join(tmpdir(), "larder-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const start = Date.UTC(2026, 0, 1);
const day = 24 * 3600 * 1000;
const names = ["localhost", "127.0.0.1", "::1"];
const noFault = (_: string, error: unknown) => assert.fail(String(error));

describe("a certificate of its own", () => {
  test("is for its names, signed by its authority, its keys for this user alone", async () => {
    const at = join(folder, "own");
    const { certificate, authority } = await openTls({ type: "own", names }, at, () => start, noFault);
    const ca = new X509Certificate(readFileSync(authority!));
    const found = new X509Certificate(certificate.cert);
    assert.ok(found.verify(ca.publicKey) && found.checkIssued(ca) && ca.ca && !found.ca);
    assert.equal(found.checkHost("localhost"), "localhost");
    assert.equal(found.checkHost("other.example"), undefined);
    assert.equal(found.checkIP("::1"), "::1");
    for (const file of ["ca-key.pem", "server-key.pem"]) assert.equal(statSync(join(at, file)).mode & 0o777, 0o600);
  });

  const rows: readonly {
    readonly says: string;
    readonly days?: number;
    readonly names?: readonly string[];
    readonly spoil?: (at: string) => void;
    readonly leads: "the same" | "another" | "another authority";
  }[] = [
    { says: "stands", leads: "the same" },
    { says: "stands a year", days: 366, leads: "the same" },
    { says: "is made anew in its last month", days: 368, leads: "another" },
    { says: "is made anew for another name", names: [...names, "larder.example"], leads: "another" },
    { says: "is made anew without its key", spoil: (at) => rmSync(join(at, "server-key.pem")), leads: "another" },
    {
      says: "is made anew where it is damaged",
      spoil: (at) => writeFileSync(join(at, "server.pem"), "x"),
      leads: "another",
    },
    {
      says: "goes with its authority's key",
      spoil: (at) => rmSync(join(at, "ca-key.pem")),
      leads: "another authority",
    },
    { says: "goes with its authority", days: 3650, leads: "another authority" },
  ];
  for (const [number, { says, days = 0, names: wanted = names, spoil, leads }] of rows.entries())
    test(says, async () => {
      const at = join(folder, `row${number}`);
      const first = await openTls({ type: "own", names }, at, () => start, noFault);
      const ca = readFileSync(first.authority!, "utf8");
      spoil?.(at);
      const { certificate } = await openTls({ type: "own", names: wanted }, at, () => start + days * day, noFault);
      assert.equal(certificate.cert === first.certificate.cert, leads === "the same");
      assert.equal(readFileSync(first.authority!, "utf8") === ca, leads !== "another authority");
      assert.ok(
        new X509Certificate(certificate.cert).verify(new X509Certificate(readFileSync(first.authority!)).publicKey),
      );
    });
});

describe("a certificate in files", () => {
  test("is looked at again; what can't be used is told, and the one before holds", async () => {
    const [one, other] = await Promise.all(
      ["one", "other"].map(async (name) => {
        await openTls({ type: "own", names }, join(folder, name), () => start, noFault);
        return join(folder, name);
      }),
    );
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const put = (from: string, file: "server" | "server-key", to: string) => cpSync(join(from, `${file}.pem`), to);
    put(one!, "server", cert);
    put(one!, "server-key", key);
    const faults: string[] = [];
    const told = (_: string, error: unknown) => faults.push(String(error));
    const tls = await openTls({ type: "files", cert, key }, folder, () => start, told);
    assert.equal(tls.authority, undefined);
    assert.equal(await tls.look(), undefined);
    put(other!, "server", cert);
    assert.equal(await tls.look(), undefined);
    assert.match(faults.join(), /can't be used together/);
    put(other!, "server-key", key);
    assert.equal((await tls.look())?.cert, readFileSync(join(other!, "server.pem"), "utf8"));
    assert.equal(await tls.look(), undefined);
  });
});
