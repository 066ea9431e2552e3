/** All models with their health, and the pause of each. */
import { ModelListResponse, type ModelRow, type ToolDetail, ToolDetailResponse } from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { duration } from "../catalogue/describe.ts";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { AdminFrame } from "./admin-frame.tsx";
import { SwitchButton } from "./switch-button.tsx";
import { VersionsDialog } from "./versions-dialog.tsx";

export function ModelsPage() {
  return (
    <AdminFrame title="Models" lead="How each model does, and a switch to keep its runs waiting.">
      <Models />
    </AdminFrame>
  );
}

interface Row {
  listed: ModelRow;
  model: ToolDetail;
}

/** Details asked for at a time. */
const AT_ONCE = 6;

async function loadModels(client: Client): Promise<Row[]> {
  const { models } = await client.ask("Model/List", {}, ModelListResponse);
  const rows: Row[] = [];
  for (let at = 0; at < models.length; at += AT_ONCE) {
    const some = models.slice(at, at + AT_ONCE).map(async (listed) => {
      const { slugowner, slugproject } = listed;
      const { tool } = await client.ask("Tool/Detail", { slugowner, slugproject }, ToolDetailResponse);
      const model = tool[0];
      return "modelyard" in model ? [{ listed, model }] : [];
    });
    rows.push(...(await Promise.all(some)).flat());
  }
  return rows;
}

function Models() {
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<ModelRow>();
  const found = useAnswer("admin models", loadModels);
  return (
    <div className="grid gap-4">
      <div className="max-w-sm">
        <Labelled label="Model">
          <input type="search" className="field" value={search} onChange={(event) => setSearch(event.target.value)} />
        </Labelled>
      </div>
      <Answered of={found}>
        {(rows) => {
          const wanted = search.trim().toLowerCase();
          const fitting = rows.filter(({ model }) =>
            `${model.cleanslugowner}/${model.cleanslugproject} ${model.title}`.toLowerCase().includes(wanted),
          );
          if (fitting.length === 0) return <p className="py-8 text-soft">No model fits.</p>;
          return (
            <Table
              label="Models"
              columns={columns(found.reload, setShown)}
              rows={fitting}
              keyOf={({ model }) => model.id}
            />
          );
        }}
      </Answered>
      {shown && (
        <VersionsDialog
          model={{ slugowner: shown.slugowner, slugproject: shown.slugproject }}
          onClose={() => setShown(undefined)}
          onChanged={found.reload}
        />
      )}
    </div>
  );
}

function Health({ share }: { share: number | null }) {
  if (share === null) return <span className="text-soft">no run yet</span>;
  const percent = Math.round(share * 1000) / 10;
  return <Badge tone={share >= 0.95 ? "good" : share >= 0.8 ? "wait" : "bad"}>{percent} %</Badge>;
}

function columns(onChanged: () => void, onVersions: (model: ModelRow) => void): Column<Row>[] {
  return [
    {
      title: "Model",
      cell: ({ model, listed: { paused, lifecycle, versions } }) => (
        <span className="grid gap-0.5">
          <span className="flex flex-wrap items-center gap-2">
            <Link
              to="/models/$owner/$model"
              params={{ owner: model.cleanslugowner, model: model.cleanslugproject }}
              preload={false}
              className="link font-semibold"
            >
              {model.cleanslugowner}/{model.cleanslugproject}
            </Link>
            {paused && <Badge tone="wait">Paused</Badge>}
            {lifecycle !== "live" && <Badge tone="plain">{lifecycle}</Badge>}
          </span>
          <span className="text-soft">
            version <code className="font-mono text-xs">{model.modelyard.version.slice(0, 8)}</code>
            {versions === "1" ? "" : ` of ${versions}`}
            {paused?.reason ? `; ${paused.reason}` : ""}
          </span>
        </span>
      ),
    },
    { title: "Successes", cell: ({ model }) => <Health share={model.modelyard.successrate} /> },
    { title: "Runs", cell: ({ model }) => model.taskstat.runcount, isNumber: true },
    { title: "Failed", cell: ({ model }) => model.taskstat.errorcount, isNumber: true },
    {
      title: "Half take",
      cell: ({ model }) => (model.modelyard.p50 === null ? "–" : duration(model.modelyard.p50)),
      isNumber: true,
    },
    {
      title: "95 of 100 take",
      cell: ({ model }) => (model.modelyard.p95 === null ? "–" : duration(model.modelyard.p95)),
      isNumber: true,
    },
    {
      title: "Last run",
      cell: ({ model }) => <span className="whitespace-nowrap">{timeWords(model.taskstat.lastruntime)}</span>,
    },
    {
      title: "Actions",
      cell: ({ model, listed }) => (
        <span className="flex justify-end gap-2">
          <Button
            size="small"
            aria-label={`Versions of ${model.cleanslugowner}/${model.cleanslugproject}`}
            onClick={() => onVersions(listed)}
          >
            Versions
          </Button>
          <SwitchButton
            isOn={listed.paused !== null}
            what={`${model.cleanslugowner}/${model.cleanslugproject}`}
            words={{ on: "Pause", off: "Resume" }}
            paths={{ on: "Model/Pause", off: "Model/Resume" }}
            fields={{ slugowner: model.cleanslugowner, slugproject: model.cleanslugproject }}
            explanation="Its runs are still taken, and wait until you resume it. Runs that go on are not stopped."
            onChanged={onChanged}
          />
        </span>
      ),
    },
  ];
}
