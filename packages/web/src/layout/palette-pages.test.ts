import assert from "node:assert/strict";
import { test } from "node:test";
import { palettePages } from "./palette-pages.ts";

const ALL = { manages: true, earns: true, isOperator: true };

test("each page stands in the palette once, whoever looks", () => {
  for (const visitor of [ALL, { manages: false, earns: false, isOperator: false }]) {
    const ways = palettePages(visitor).map(({ to }) => to);
    assert.deepEqual(ways, [...new Set(ways)]);
    // The first place counts, with its name.
    assert.deepEqual(ways.slice(0, 3), ["/", "/dashboard", "/models"]);
  }
});

test("pages of the dashboard, the footer and the administration, as far as they are for the visitor", () => {
  const ways = (visitor: typeof ALL) => new Set(palettePages(visitor).map(({ to }) => to));
  for (const to of ["/dashboard/usage", "/dashboard/earnings", "/dashboard/files", "/status", "/admin", "/admin/audit"])
    assert.ok(ways(ALL).has(to), to);
  const plain = ways({ manages: false, earns: true, isOperator: false });
  for (const to of ["/dashboard/usage", "/dashboard/earnings", "/admin", "/admin/audit"]) assert.ok(!plain.has(to), to);
  for (const to of ["/dashboard/files", "/runs", "/status"]) assert.ok(plain.has(to), to);
});
