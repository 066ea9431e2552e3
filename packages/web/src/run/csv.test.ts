import assert from "node:assert/strict";
import { test } from "node:test";
import { readCsv } from "./csv.ts";

test("a table with quotes, line breaks in cells, a byte order mark and rows of other lengths", () => {
  assert.deepEqual(readCsv('\ufeffid,what\r\n1,"a, ""b""\nc"\r\n2\r\n3,d,e\r\n', false), {
    columns: ["id", "what"],
    rows: [
      ["1", 'a, "b"\nc'],
      ["2", ""],
      ["3", "d"],
    ],
    moreRows: false,
    moreColumns: false,
  });
});

test("semicolons and tabs part cells too", () => {
  assert.deepEqual(readCsv("a;b\n1,5;2\n", false)?.rows, [["1,5", "2"]]);
  assert.deepEqual(readCsv("a\tb\n1\t2\n", false)?.rows, [["1", "2"]]);
});

test("the first fifty rows and forty columns; a row that is cut off is none", () => {
  const row = (n: number) => Array.from({ length: 60 }, (_, at) => `${n}.${at}`).join();
  const long = readCsv(Array.from({ length: 90 }, (_, n) => row(n)).join("\n"), false);
  assert.deepEqual([long?.columns.length, long?.rows.length, long?.moreRows, long?.moreColumns], [40, 50, true, true]);
  const cut = readCsv("a,b\n1,2\n3,4\n5,", true);
  assert.deepEqual(
    [cut?.rows, cut?.moreRows],
    [
      [
        ["1", "2"],
        ["3", "4"],
      ],
      true,
    ],
  );
  assert.deepEqual(readCsv('a,b\n1,2\n3,"cut off', true)?.rows, [["1", "2"]]);
});

test("what is no table is none", () => {
  for (const text of ["", "just a line", "one\ncolumn\nonly", 'a,b\n"never closed,1\n2,3\n'])
    assert.equal(readCsv(text, false), undefined, text);
});
