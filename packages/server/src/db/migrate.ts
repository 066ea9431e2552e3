/** Forward-only migrations, each in one transaction together with its record: a crash in the middle leaves it to be run again. */
import { sql } from "kysely";
import type { Database } from "./database.ts";
import type { Migration } from "./migration.ts";
import { foundation } from "./migrations/0001-foundation.ts";
import { modelStats } from "./migrations/0002-model-stats.ts";
import { folders } from "./migrations/0003-folders.ts";
import { callbacksAndKeys } from "./migrations/0004-callbacks-and-keys.ts";
import { queueOrder } from "./migrations/0005-queue-order.ts";
import { priceTerms } from "./migrations/0006-price-terms.ts";
import { modelVersions } from "./migrations/0007-model-versions.ts";
import { apps } from "./migrations/0008-apps.ts";
import { accounts } from "./migrations/0010-accounts.ts";
import { keysAndCaps } from "./migrations/0011-keys-and-caps.ts";
import { payments } from "./migrations/0012-payments.ts";
import { capCallbacks } from "./migrations/0013-cap-callbacks.ts";
import { organizations } from "./migrations/0014-organizations.ts";
import { publishers } from "./migrations/0015-publishers.ts";
import { identities } from "./migrations/0016-identities.ts";
import { topUps } from "./migrations/0017-top-ups.ts";
import { history } from "./migrations/0018-history.ts";
import { modelReports } from "./migrations/0020-model-reports.ts";
import { runShares } from "./migrations/0021-run-shares.ts";
import { statusSamples } from "./migrations/0022-status-samples.ts";
import { comments } from "./migrations/0023-comments.ts";
import { highPriority } from "./migrations/0024-high-priority.ts";
import { chargesByMember } from "./migrations/0025-charges-by-member.ts";
import { tags } from "./migrations/0026-tags.ts";
import { likeness } from "./migrations/0027-likeness.ts";

const MIGRATIONS: readonly Migration[] = [
  foundation,
  modelStats,
  folders,
  callbacksAndKeys,
  queueOrder,
  priceTerms,
  modelVersions,
  apps,
  accounts,
  keysAndCaps,
  payments,
  capCallbacks,
  organizations,
  publishers,
  identities,
  topUps,
  history,
  modelReports,
  runShares,
  statusSamples,
  comments,
  highPriority,
  chargesByMember,
  tags,
  likeness,
];
/** Servers that start at once on one PostgreSQL migrate one after the other. */
const ADVISORY_LOCK = 0x6d79_6172;

export async function migrate(db: Database): Promise<void> {
  await db.write(async (tx) => {
    if (db.kind === "postgres") await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(tx.q);
    await tx.q.schema
      .createTable("migration")
      .ifNotExists()
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("applied_at", "bigint", (c) => c.notNull())
      .execute();
  });
  for (const migration of MIGRATIONS) {
    await db.write(async (tx) => {
      if (db.kind === "postgres") await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(tx.q);
      const done = await tx.q
        .selectFrom("migration")
        .select("name")
        .where("name", "=", migration.name)
        .executeTakeFirst();
      if (done) return;
      await migration.up(tx.q, db.kind);
      await tx.q.insertInto("migration").values({ name: migration.name, applied_at: tx.now }).execute();
    });
  }
  const known = new Set(MIGRATIONS.map((migration) => migration.name));
  const applied = await db.q.selectFrom("migration").select("name").execute();
  const unknown = applied.find((row) => !known.has(row.name));
  if (unknown)
    throw new Error(
      `the database was migrated by a newer Modelyard (${unknown.name}); start that release or a later one`,
    );
}
