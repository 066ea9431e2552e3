/** What a card says of a model. A page's data travels inside the page: it has this, not all that the API tells of a model. */
import type { Tool } from "@modelyard/contract";
import { type Kind, kindOf, startingPrice } from "./describe.ts";

export interface Card
  extends Pick<
    Tool,
    "id" | "slugowner" | "slugproject" | "cleanslugowner" | "cleanslugproject" | "description" | "image"
  > {
  /** In words, e.g. `from $0.02 a run`. */
  price: string;
  kind: Kind;
  /** In words, e.g. `2.5 seconds`; "" = it never ran. */
  computingtime: string;
  runs: number;
  comments: number;
  /** Of 5; undefined = nobody has rated it. */
  rating?: string;
}

export function cardOf(model: Tool): Card {
  const { id, slugowner, slugproject, cleanslugowner, cleanslugproject, description, image, computingtime } = model;
  return {
    id,
    slugowner,
    slugproject,
    cleanslugowner,
    cleanslugproject,
    description,
    image,
    price: startingPrice(model),
    kind: kindOf(model),
    computingtime,
    runs: model.taskstat.runcount,
    comments: Number(model.commentcount),
    ...(model.ratedusercount === "0" ? {} : { rating: model.averagepoint }),
  };
}
