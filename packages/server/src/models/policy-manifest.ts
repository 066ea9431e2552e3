/** Reading the text of a model.yaml: what it says, or everything that is wrong with it, each with its place and a hint. Pure. */
import { checkManifest, type Manifest, type ManifestPath } from "@modelyard/contract";
import { isMap, isNode, isPair, LineCounter, type Node, parseDocument } from "yaml";

/** Something wrong in a model's folder. */
export interface Finding {
  /** `error`: the model cannot be used. `warning`: it can, and somebody will wonder. */
  level: "error" | "warning";
  /** Below the model's folder. */
  file: string;
  /** From 1 on; undefined where the whole file is meant. */
  at: { line: number; column: number } | undefined;
  text: string;
  /** What to do about it; "" where the text says it. */
  hint: string;
}

export type Path = ManifestPath;

export interface ManifestText {
  manifest: Manifest;
  /** Where a value stands, or the nearest thing around it that does. */
  place(path: Path): Finding["at"];
}

export type ReadText = { ok: true; read: ManifestText } | { ok: false; findings: Finding[] };

const FILE = "model.yaml";
/** Beyond this a text is no manifest that somebody wrote. Bytes. */
const TEXT_LIMIT = 1024 * 1024;

/** Reads the text of a model.yaml. */
export function readManifestText(text: string): ReadText {
  const wrong = (message: string): ReadText => ({
    ok: false,
    findings: [{ level: "error", file: FILE, at: undefined, text: message, hint: "" }],
  });
  if (Buffer.byteLength(text) > TEXT_LIMIT) return wrong(`it is larger than ${TEXT_LIMIT} bytes`);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    // What the parser says of the same place again follows from the first.
    const places = new Set<number>();
    const first = document.errors.filter(({ pos: [start] }) => !places.has(start) && places.add(start));
    const findings = first.map((error): Finding => {
      const tabs = /tab/i.test(error.message) ? "YAML is indented with spaces." : "";
      return {
        level: "error",
        file: FILE,
        at: at(error.pos[0]),
        text: `this is not YAML: ${error.message}`,
        hint: tabs,
      };
    });
    return { ok: false, findings };
  }
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (error) {
    return wrong(`this cannot be read: ${(error as Error).message}`);
  }
  const start = (node: Node | null | undefined) => (node?.range ? at(node.range[0]) : undefined);
  const place = (path: Path): Finding["at"] => {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return start(node);
    }
    return { line: 1, column: 1 };
  };
  const keyPlace = (path: Path, key: string): Finding["at"] => {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((one) => isPair(one) && isNode(one.key) && String(one.key) === key)
      : undefined;
    return (pair && isNode(pair.key) ? start(pair.key) : undefined) ?? place(path);
  };
  const checked = checkManifest(raw);
  if (checked.ok) return { ok: true, read: { manifest: checked.manifest, place } };
  const findings = checked.problems
    .map(({ path, key, text, hint }): Finding => {
      return { level: "error", file: FILE, at: key === undefined ? place(path) : keyPlace(path, key), text, hint };
    })
    .sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  return { ok: false, findings };
}

/** As editors and compilers print it: `model.yaml:9:15 error: … Did you mean …?` */
export function findingText({ level, file, at, text, hint }: Finding): string {
  return `${file}${at ? `:${at.line}:${at.column}` : ""} ${level}: ${text}${hint === "" ? "" : `. ${hint}`}`;
}
