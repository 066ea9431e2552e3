/** Outputs that need more than the browser has: archives, tables, scenes. Each is loaded with the first of its kind. */
import type { OutputFile } from "@modelyard/contract";
import { Component, lazy, type ReactNode, Suspense, useSyncExternalStore } from "react";
import { Unreadable } from "./unreadable.tsx";

const ZipOutput = lazy(async () => ({ default: (await import("./zip-output.tsx")).ZipOutput }));
const CsvOutput = lazy(async () => ({ default: (await import("./csv-output.tsx")).CsvOutput }));
const SceneOutput = lazy(async () => ({ default: (await import("./scene-output.tsx")).SceneOutput }));

/** Undefined where it is none of these. Types that the server does not name are known by the file's name. */
export function richOutput(file: OutputFile): ReactNode {
  const is = (type: RegExp, name: RegExp) => type.test(file.contenttype) || name.test(file.name);
  const view = is(/^application\/(x-)?zip$/, /\.zip$/i) ? (
    <ZipOutput file={file} />
  ) : is(/^text\/(csv|tab-separated-values)$/, /\.(csv|tsv)$/i) ? (
    <CsvOutput file={file} />
  ) : is(/^model\/gltf/, /\.(glb|gltf)$/i) ? (
    <SceneOutput file={file} />
  ) : undefined;
  return (
    view && (
      <Guard>
        <InBrowser>{view}</InBrowser>
      </Guard>
    )
  );
}

const never = () => () => {};

/** The page behind a link to a run is rendered on the server, which has no use for a viewer. */
function InBrowser({ children }: { children: ReactNode }) {
  const isHere = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const ground = <div className="min-h-40 rounded-md bg-sunk" />;
  return isHere ? <Suspense fallback={ground}>{children}</Suspense> : ground;
}

/** A viewer that fails takes nothing else of the page with it. */
class Guard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <Unreadable why="It cannot be shown here." /> : this.props.children;
  }
}
