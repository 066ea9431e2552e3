/** The inputs of several runs beside each other. Pure. */

export interface InputRow {
  name: string;
  /** One for each run, in their order; undefined where a run has no such input. */
  values: (string | undefined)[];
  isSame: boolean;
}

const shown = (value: unknown): string | undefined => {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** Every input of any of the runs; those that differ come first. */
export function inputRows(inputs: readonly Readonly<Record<string, unknown>>[]): InputRow[] {
  const names = [...new Set(inputs.flatMap((one) => Object.keys(one)))];
  const rows = names.map((name) => {
    const values = inputs.map((one) => shown(one[name]));
    return { name, values, isSame: values.every((value) => value === values[0]) };
  });
  return rows
    .filter(({ values }) => values.some((value) => value !== undefined))
    .toSorted((a, b) => Number(a.isSame) - Number(b.isSame));
}

interface OfModel {
  modelslugowner: string;
  modelslugproject: string;
}

export const modelOf = (task: OfModel | undefined): string =>
  task ? `${task.modelslugowner}/${task.modelslugproject}` : "";

/** Runs beside each other in one row; where several models have several runs between them, a row for each model. */
export function gridRows<Run extends OfModel>(runs: readonly Run[]): (readonly Run[])[] {
  const byModel = Map.groupBy(runs, modelOf);
  const isGrid = byModel.size > 1 && byModel.size < runs.length && runs.length > 2;
  return isGrid ? [...byModel.values()] : [runs];
}

/** At most this many stand beside each other. */
export const MOST_RUNS = 8;

/** Ids of runs as an address has them: `7,12`. */
export function readRuns(raw: unknown): number[] {
  const ids = String(raw ?? "")
    .split(",")
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && id > 0);
  return [...new Set(ids)].slice(0, MOST_RUNS);
}
