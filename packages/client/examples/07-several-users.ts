// Act for several users: what one's token brought is never another's.
import { createCachedFetch } from "@larder/client";
import { startApi } from "./server.ts";

const api = await startApi();
const fetch = createCachedFetch();
for (const token of ["alice", "bob", "alice"]) {
  const response = await fetch(`${api.url}/me`, { headers: { authorization: token } });
  console.log(await response.text(), response.cacheStatus.hit); // alice false, bob false, alice true
}
api.close();
