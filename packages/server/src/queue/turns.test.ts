import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Turns } from "./turns.ts";

interface Queued {
  project: number;
  turn: number;
  id: number;
}

/** The store's order: by turn, then by id. */
const first = (queue: Queued[]) => queue.sort((a, b) => a.turn - b.turn || a.id - b.id)[0];

test("a project with a thousand tasks and one with a single task", () => {
  const turns = new Turns();
  const queue: Queued[] = [];
  for (let id = 0; id < 1000; id++) queue.push({ project: 1, turn: turns.next(0, 1), id });
  for (let n = 0; n < 10; n++) {
    const task = first(queue) as Queued;
    turns.serve(0, task.turn);
    queue.splice(queue.indexOf(task), 1);
  }
  queue.push({ project: 2, turn: turns.next(0, 2), id: 1000 });
  const next = [first(queue) as Queued];
  queue.splice(queue.indexOf(next[0] as Queued), 1);
  next.push(first(queue) as Queued);
  assert.ok(
    next.some(({ project }) => project === 2),
    "the newcomer is one of the next two",
  );
});

test("priorities have lines of their own, and resuming goes on where the store stands", () => {
  const turns = new Turns();
  turns.resume([
    { priority: 0, project: 1, first: 40, last: 90 },
    { priority: 0, project: 2, first: 42, last: 42 },
  ]);
  assert.equal(turns.next(0, 1), 91);
  assert.equal(turns.next(0, 2), 43);
  assert.equal(turns.next(0, 3), 40);
  assert.equal(turns.next(1, 1), 1);
});

test("while two projects both wait, neither is served more than one task ahead of the other", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), project: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant("serve" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const turns = new Turns();
      const queue: Queued[] = [];
      let id = 0;
      /** Tasks served since both of a pair have been waiting without a break. */
      const ahead = new Map<string, [number, number]>();
      const waits = (project: number) => queue.some((task) => task.project === project);
      for (const one of steps) {
        if (one.kind === "add") queue.push({ project: one.project, turn: turns.next(0, one.project), id: id++ });
        else {
          const task = first(queue);
          if (!task) continue;
          const both = [1, 2, 3].filter((project) => project !== task.project && waits(project));
          for (const other of both) {
            const [a, b] = task.project < other ? [task.project, other] : [other, task.project];
            const counts = ahead.get(`${a}-${b}`) ?? [0, 0];
            counts[task.project === a ? 0 : 1]++;
            ahead.set(`${a}-${b}`, counts);
            assert.ok(Math.abs(counts[0] - counts[1]) <= 2, `${a} and ${b}: ${counts}`);
          }
          turns.serve(0, task.turn);
          queue.splice(queue.indexOf(task), 1);
        }
        for (const pair of ahead.keys()) {
          const [a, b] = pair.split("-").map(Number) as [number, number];
          if (!waits(a) || !waits(b)) ahead.delete(pair);
        }
      }
    }),
    { numRuns: 300 },
  );
});
