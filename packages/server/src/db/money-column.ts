import type { ColumnType } from "kysely";

/** Written as bigint; read with `money()` so that no double ever rounds it. */
export type MoneyColumn = ColumnType<never, bigint, bigint>;
