import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { leftOf } from "./policy-expiry.ts";

const left = (...args: Parameters<typeof leftOf>) => [...leftOf(...args).values()];

test("what expires soonest is spent first, of what there is at that moment", () => {
  const grants = [
    { id: 1, amount: 10n, createdAt: 0, expiresAt: 100 },
    { id: 2, amount: 10n, createdAt: 20, expiresAt: 50 },
  ];
  assert.deepEqual(left(grants, []), [10n, 10n]);
  assert.deepEqual(left(grants, [{ at: 10, amount: 4n }]), [6n, 10n], "the second was not there yet");
  assert.deepEqual(left(grants, [{ at: 30, amount: 4n }]), [10n, 6n]);
  assert.deepEqual(left(grants, [{ at: 30, amount: 14n }]), [6n, 0n]);
  assert.deepEqual(left(grants, [{ at: 50, amount: 4n }]), [6n, 10n], "the second is over at its end");
  assert.deepEqual(left(grants, [{ at: 60, amount: 400n }]), [0n, 10n], "other money pays the rest");
  assert.deepEqual(left(grants, [{ at: 100, amount: 4n }]), [10n, 10n]);
});

test("nothing is left below zero or above what was given, and no charge takes more than itself", () => {
  const grant = fc.record({
    id: fc.nat(),
    amount: fc.bigInt(0n, 50n),
    createdAt: fc.nat(100),
    lives: fc.integer({ min: 1, max: 100 }),
  });
  const charge = fc.record({ at: fc.nat(200), amount: fc.bigInt(1n, 30n) });
  fc.assert(
    fc.property(
      fc.uniqueArray(grant, { selector: ({ id }) => id, maxLength: 6 }),
      fc.array(charge, { maxLength: 12 }),
      (given, made) => {
        const grants = given.map(({ lives, ...rest }) => ({ ...rest, expiresAt: rest.createdAt + lives }));
        const charges = made.toSorted((a, b) => a.at - b.at);
        const rest = leftOf(grants, charges);
        let taken = 0n;
        for (const { id, amount } of grants) {
          const one = rest.get(id) ?? -1n;
          assert.ok(one >= 0n && one <= amount);
          taken += amount - one;
        }
        const spent = charges.reduce((sum, { amount }) => sum + amount, 0n);
        assert.ok(taken <= spent);
      },
    ),
  );
});
