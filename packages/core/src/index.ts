export * from "./fields.ts";
export * from "./message.ts";
export * from "./policy.ts";
