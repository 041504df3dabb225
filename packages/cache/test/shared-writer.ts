// Puts so many responses into a shared store, for a test with several processes: FOLDER NAME COUNT
import { openSharedSqliteStore } from "../src/sqlite-shared-node.ts";
import { keep, octets } from "./store-helpers.ts";

const [folder = "", name = "", count = "0"] = process.argv.slice(2);
const onFault = ({ message }: { message: string }) => {
  console.error(message);
  process.exitCode = 1;
};
const store = openSharedSqliteStore({ folder, maxBytes: 16 << 20, onFault });
for (let i = 0; i < Number(count); i++)
  await keep(store, octets(2_000, i), { id: `${name}-${i}`, cacheKey: `https://index.example/${name}/${i}` });
await store.close();
