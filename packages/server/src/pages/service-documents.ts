/**
 * What there is to read: the documentation that comes with the program (the folder `docs`), and the operator's own pages and posts
 * (`<data>/pages/*.md`, `<data>/pages/blog/*.md`), in whose place `docs/site` stands until they are written.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { apiError, type Document, type DocumentEntry, type DocumentSection } from "@modelyard/contract";
import { type Rendered, renderMarkdown } from "./policy-markdown.ts";

export interface Documents {
  list(section: DocumentSection): Promise<DocumentEntry[]>;
  /** Throws documentNotExist where there is none of that name. */
  detail(section: DocumentSection, name: string): Promise<Document>;
  /** A drawing of the documentation, by its name in docs/. */
  picture(name: string): Promise<Buffer | undefined>;
}

export interface DocumentsDeps {
  docsDir: string | undefined;
  pagesDir: string;
}

/** Folders of the documentation in the order in which they are listed, with their headings. */
const GROUPS: readonly { folder: string; title: string; first: readonly string[] }[] = [
  { folder: "guide", title: "Guides", first: ["introduction", "first-project", "example-projects"] },
  { folder: "api", title: "API", first: ["runs", "queue", "files", "reference"] },
  { folder: "operate", title: "Operating", first: [] },
  { folder: "architecture", title: "How it is built", first: [] },
  { folder: "decisions", title: "Decisions", first: [] },
];

/** Parts of a name are plain: nothing of an address becomes a path by itself. */
const NAME = /^[a-z0-9][a-z0-9-]{0,99}$/;

interface File {
  name: string;
  path: string;
  group: string;
  /** Of the document, from the repository's root; undefined for an operator's own. */
  folder: string | undefined;
  placeholder: boolean;
}

interface Read extends Rendered {
  markdown: string;
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map(({ name }) => name.slice(0, -3))
    .filter((name) => NAME.test(name))
    .sort();
}

export function createDocuments({ docsDir, pagesDir }: DocumentsDeps): Documents {
  /** By path; read again when the file's time or size has changed. */
  const known = new Map<string, { stamp: string; read: Read }>();

  async function read({ path, folder }: File): Promise<Read> {
    const { mtimeMs, size } = await stat(path);
    const stamp = `${mtimeMs} ${size}`;
    const kept = known.get(path);
    if (kept?.stamp === stamp) return kept.read;
    const markdown = await readFile(path, "utf8");
    const fresh = { markdown, ...renderMarkdown(markdown, folder) };
    known.set(path, { stamp, read: fresh });
    return fresh;
  }

  async function docs(): Promise<File[]> {
    if (docsDir === undefined) return [];
    const groups = GROUPS.map(async ({ folder, title, first }) => {
      const names = await namesIn(join(docsDir, folder));
      const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
      return names
        .toSorted((a, b) => rank(a) - rank(b))
        .map((name) => ({
          name: `${folder}/${name}`,
          path: join(docsDir, folder, `${name}.md`),
          group: title,
          folder: `docs/${folder}`,
          placeholder: false,
        }));
    });
    return (await Promise.all(groups)).flat();
  }

  /** The operator's own, and what stands in for those of the fixed names that are not there. */
  async function own(below: "" | "blog"): Promise<File[]> {
    const mine = await namesIn(join(pagesDir, below));
    const shipped = docsDir === undefined ? [] : await namesIn(join(docsDir, "site", below));
    // A blog with a post of its own needs no example.
    const missing = below === "blog" && mine.length > 0 ? [] : shipped.filter((name) => !mine.includes(name));
    const file = (dir: string, placeholder: boolean) => (name: string) => ({
      name,
      path: join(dir, below, `${name}.md`),
      group: "",
      folder: undefined,
      placeholder,
    });
    return [...mine.map(file(pagesDir, false)), ...missing.map(file(join(docsDir ?? "", "site"), true))];
  }

  async function files(section: DocumentSection): Promise<File[]> {
    if (section === "docs") return docs();
    if (section === "pages") return own("");
    return (await own("blog")).toSorted((a, b) => (a.name < b.name ? 1 : -1));
  }

  const entry = ({ name, group }: File, { title, summary }: Read): DocumentEntry => ({
    name,
    title: title || name,
    group,
    summary,
    date: /^\d{4}-\d\d-\d\d(?=-)/.exec(name)?.[0] ?? "",
  });

  return {
    async list(section) {
      return Promise.all((await files(section)).map(async (file) => entry(file, await read(file))));
    },
    async detail(section, name) {
      const file = (await files(section)).find((candidate) => candidate.name === name);
      if (!file) throw apiError("documentNotExist");
      const found = await read(file);
      const { markdown, html, headings } = found;
      return { ...entry(file, found), markdown, html, headings, placeholder: file.placeholder };
    },
    async picture(name) {
      if (docsDir === undefined || !/^[a-z0-9-]+\.svg$/.test(name)) return undefined;
      return readFile(join(docsDir, name)).catch(() => undefined);
    },
  };
}
