// For `node --import`: a server that names no address listens on loopback, not on every interface.
import { Server } from "node:net";

const listen = Server.prototype.listen;
Server.prototype.listen = function (this: Server, ...given: unknown[]) {
  const [port, ...rest] = given;
  const args = typeof port === "number" || typeof port === "string" ? [Number(port), "127.0.0.1", ...rest] : given;
  return Reflect.apply(listen, this, args);
} as typeof listen;
