// What the gallery's modules that select and act on many images share.

import type { Query } from "./types.d.ts";

/** Images by their numbers; with `others`, all that the query finds but those. */
export type WireSelection = { readonly query: Query; readonly numbers: readonly number[]; readonly others: boolean };

/** How much is selected; `gone`: numbers that the query does not find. */
export type Totals = { readonly images: number; readonly accepted: number; readonly proposed: number; readonly gone: readonly number[] };

/** An action on many images: samstudio/services/bulk/runs.py. */
export type Run = {
  readonly id: number;
  readonly action: string;
  readonly label: string;
  readonly value: string;
  readonly state: "running" | "done" | "cancelled" | "failed" | "undoing" | "undone";
  readonly done: number;
  readonly total: number;
  readonly can_undo: boolean;
  readonly counts: "images" | "objects";
  readonly images: number;
  readonly objects: number;
  readonly left: readonly { readonly reason: string; readonly images: number }[];
  readonly undone: number;
  readonly kept: number;
  readonly problem: string;
  readonly started_at: string;
};

/** What names are looked for. */
export type NameKind = "category" | "tag" | "group";

/** An end of a range: an image's id, or its number in the list counted from 0. */
export type End = string | number;

/** The server functions of samstudio/web/page/gallery/selecting.py. */
export type SelectCalls = {
  selection_totals: { request: { selection: WireSelection }; reply: Totals };
  selection_between: { request: { query: Query; from: End; to: End }; reply: { numbers: number[] } };
  selection_ids: { request: { numbers: readonly number[] }; reply: { ids: string[] } };
  selection_names: { request: { of: NameKind; text: string }; reply: { names: string[]; more: boolean } };
  bulk_start: { request: { action: string; value: string; selection: WireSelection }; reply: Run };
  bulk_look: { request: { id: number }; reply: Run };
  bulk_cancel: { request: { id: number }; reply: Run };
  bulk_undo: { request: { id: number }; reply: Run };
  bulk_runs: { request: object; reply: { runs: Run[] } };
};
