import type { DatabaseSync } from "node:sqlite";

/** All that is asked of the database of stored responses, prepared. Its tables are in `database-node.ts`. */
export function prepareAll(database: DatabaseSync) {
  const sql = (text: string) => database.prepare(text);
  return {
    dataVersion: sql("PRAGMA data_version"),
    begin: sql("BEGIN IMMEDIATE"),
    commit: sql("COMMIT"),
    rollback: sql("ROLLBACK"),
    totals: sql("SELECT bytes, responses FROM state"),
    setTotals: sql("UPDATE state SET bytes = ?, responses = ?"),
    clean: sql("SELECT clean FROM state"),
    setClean: sql("UPDATE state SET clean = ?"),
    lastUsed: sql("SELECT coalesce(max(used), 0) AS used FROM responses"),
    list: sql("SELECT number, used, head FROM responses WHERE key = ? ORDER BY number DESC"),
    walk: sql("SELECT number, used, head FROM responses WHERE number > ? ORDER BY number LIMIT ?"),
    walkGroup: sql(
      `SELECT number, used, head FROM groups JOIN responses ON number = response
       WHERE groups.key = ? AND response > ? ORDER BY response LIMIT ?`,
    ),
    addGroup: sql("INSERT OR IGNORE INTO groups (key, response) VALUES (?, ?)"),
    leaveGroups: sql("DELETE FROM groups WHERE response = ?"),
    insert: sql("INSERT INTO responses (key, content, size, used, head) VALUES (?, ?, ?, ?, ?)"),
    update: sql("UPDATE responses SET size = ?, head = ? WHERE number = ?"),
    place: sql("SELECT content, size FROM responses WHERE number = ?"),
    delete: sql("DELETE FROM responses WHERE number = ?"),
    use: sql("UPDATE responses SET used = ? WHERE key = ?"),
    leastUsed: sql("SELECT number, head FROM responses ORDER BY used, number LIMIT 1"),
    // RETURNING would make a table for each of these
    contentNumber: sql("SELECT number FROM contents WHERE sha256 = ?"),
    addContent: sql("INSERT INTO contents (sha256, length, uses, bytes) VALUES (?, ?, 1, ?)"),
    addUse: sql("UPDATE contents SET uses = uses + 1 WHERE number = ?"),
    healContent: sql("UPDATE contents SET bytes = ? WHERE number = ? AND bytes IS NOT ?"),
    contentOf: sql("SELECT uses, length, sha256, bytes IS NULL AS isFile FROM contents WHERE number = ?"),
    leaveContent: sql("UPDATE contents SET uses = uses - 1 WHERE number = ?"),
    deleteContent: sql("DELETE FROM contents WHERE number = ?"),
    content: sql("SELECT length, bytes FROM contents WHERE sha256 = ?"),
    hasFile: sql("SELECT 1 FROM contents WHERE sha256 = ? AND bytes IS NULL"),
  };
}
