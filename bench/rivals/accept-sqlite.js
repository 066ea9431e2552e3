// (a1) Fastify, the signature check, and one bare durable insert: an upper bound, for it has no wallet, no queue, no event.
import { join } from "node:path";
import Database from "better-sqlite3";
import { onStop, print, settings } from "./program.js";
import { startSignedServer } from "./signed-server.js";

const db = new Database(join(settings.folder, "tasks.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec("create table task (id integer primary key, body text not null, created_at integer not null)");
const insert = db.prepare("insert into task (body, created_at) values (?, ?)");

// Group commit: all that came in during one turn of the event loop shares a transaction, and so an fsync.
let waiting = [];
const commit = db.transaction((entries) => entries.map(({ body }) => insert.run(body, Date.now()).lastInsertRowid));

function flush() {
  const entries = waiting;
  waiting = [];
  const ids = commit(entries);
  entries.forEach(({ resolve }, index) => resolve(Number(ids[index])));
}

const server = await startSignedServer(
  (body) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ body: JSON.stringify(body), resolve });
    }),
);
print({ url: server.url });
onStop(async () => {
  await server.close();
  print({ stored: db.prepare("select count(*) as n from task").get().n });
  db.close();
});
