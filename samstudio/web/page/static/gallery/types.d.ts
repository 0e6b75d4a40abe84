// What the gallery's modules share.

import type { ImageState, Query } from "../../canvas/js/types.d.ts";
import type { SelectCalls } from "./select_types.d.ts";

export type { Query };

/** An image as the gallery shows it; `changed` names its picture with masks, `cursor` its place in the order. */
export type Card = {
  readonly id: string;
  readonly number: number;
  readonly filename: string;
  readonly width: number;
  readonly height: number;
  readonly accepted: number;
  readonly proposed: number;
  readonly corrected: number;
  readonly state: ImageState;
  /** It, or an object of it, needs a second look. */
  readonly flagged: boolean;
  readonly note: string;
  readonly split: string | null;
  readonly tags: readonly string[];
  readonly trashed: boolean;
  readonly changed: string;
  readonly cursor: string;
};

export type Overview = {
  readonly found: number;
  /** Where none is found: how many would be without each of the filters. */
  readonly wider: Readonly<Record<string, number>>;
  readonly images: number;
  readonly with_accepted: number;
  readonly accepted: number;
  readonly proposed: number;
  readonly categories: readonly string[];
  readonly trash: number;
};

/** What filters have to choose of, by filter; `more`: there are others beside. */
export type Choices = Readonly<Record<string, { readonly items: readonly string[]; readonly more: boolean } | undefined>>;

/** The part of a list that is asked for: from a number on, or beside a cursor. */
export type Part = { readonly at: number } | { readonly after: string } | { readonly before: string };

/** The server functions of samstudio/web/page/gallery/server.py. */
export type Calls = SelectCalls & {
  gallery_images: { request: Part & { query: Query; limit: number }; reply: { items: Card[] } };
  gallery_overview: { request: { query: Query }; reply: Overview };
  gallery_choices: { request: object; reply: Choices };
  move_images: { request: { ids: readonly string[]; to: "trash" | "dataset" }; reply: { moved: string[] } };
};

export type Call = <Name extends keyof Calls>(name: Name, request: Calls[Name]["request"]) => Promise<Calls[Name]["reply"]>;

/** Where cards lie: `columns` beside each other, each `width` x `height` pixels with `GAP` between. */
export type Layout = { readonly columns: number; readonly width: number; readonly height: number };
