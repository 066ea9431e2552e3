/** The stores that the suites run on: SQLite always, PostgreSQL where the test script started one (scripts/test.js). */
import { randomBytes } from "node:crypto";
import pg from "pg";

export interface TestStore {
  kind: "sqlite" | "postgres";
  /** A database of its own for one test file; undefined for SQLite, which lives in the data folder. */
  create(): Promise<{ url: string | undefined; drop(): Promise<void> }>;
}

const admin = process.env.MODELYARD_TEST_POSTGRES;

const sqlite: TestStore = { kind: "sqlite", create: async () => ({ url: undefined, drop: async () => {} }) };

const postgres = (url: string): TestStore => ({
  kind: "postgres",
  async create() {
    const name = `test_${randomBytes(8).toString("hex")}`;
    const run = async (statement: string) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(statement);
      } finally {
        await client.end();
      }
    };
    await run(`create database ${name}`);
    const own = new URL(url);
    own.pathname = `/${name}`;
    return { url: own.href, drop: () => run(`drop database if exists ${name} with (force)`) };
  },
});

export const STORES: readonly TestStore[] = admin ? [sqlite, postgres(admin)] : [sqlite];
if (!admin) process.stderr.write("SKIPPED: tests on PostgreSQL (MODELYARD_TEST_POSTGRES is not set)\n");

/**
 * The store of the suites that run on one: SQLite, or PostgreSQL where e2e/on-postgres runs them again. Its name is read when it is
 * asked for, because that folder's files set it first.
 */
export function mainStore(): TestStore {
  const name = process.env.MODELYARD_TEST_STORE ?? "sqlite";
  const store = STORES.find(({ kind }) => kind === name);
  if (!store) throw new Error(`there is no ${name} to test on`);
  return store;
}
