/** The catalogue, open to everybody (wire-contract.md 9). */
import {
  type Tool,
  type ToolDetail,
  ToolDetailResponse,
  ToolExploreResponse,
  ToolListResponse,
} from "@modelyard/contract";

export interface ModelQuery {
  search?: string;
  categories?: string[];
  slugowner?: string;
  sort?: "relevance" | "id" | "runs";
  order?: "ASC" | "DESC";
  /** Models that cannot run come last, or not at all. */
  runnable?: "first" | "only";
  /** `owner/model`: only models that share an input with it. */
  like?: string;
  start?: number;
  /** At most 100. */
  limit?: number;
}

export interface Row {
  id: string;
  title: string;
  tools: Tool[];
  /** Where all of it is listed; "" where the row is all there is. */
  url: string;
  total: number;
}

export interface ModelCalls {
  list(query: ModelQuery): Promise<{ total: number; models: Tool[] }>;
  /** Throws ModelyardError with code 1 where there is no such model. */
  detail(owner: string, slug: string): Promise<ToolDetail>;
  /** One row for each category, the most used models first. */
  explore(): Promise<Row[]>;
  /** The rows of the home page: what was chosen for it, the most used and the newest models, then the categories. */
  home(): Promise<Row[]>;
}

export function modelCalls(call: (path: string, fields: Record<string, unknown>) => Promise<unknown>): ModelCalls {
  return {
    async list(query) {
      const { total, tool } = ToolListResponse.parse(await call("Tool/List", { ...query }));
      return { total, models: tool };
    },
    async detail(slugowner, slugproject) {
      const [found] = ToolDetailResponse.parse(await call("Tool/Detail", { slugowner, slugproject })).tool;
      return found as ToolDetail;
    },
    async explore() {
      return ToolExploreResponse.parse(await call("Tool/Explore", {})).explore;
    },
    async home() {
      return ToolExploreResponse.parse(await call("Site/Explore", {})).explore;
    },
  };
}
