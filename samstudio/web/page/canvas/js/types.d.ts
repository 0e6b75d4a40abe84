// The values that the page's modules hand to each other. For the type checker and for readers: no
// browser loads this file.

// Geometry. Boxes are XYXY pixel indices, the last ones inside; frames and masks are {x, y, w, h}.

/** [x, y]: a pixel's whole indices, or a continuous place in image coordinates. */
export type Point = readonly [x: number, y: number];
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];
export type Size = { readonly width: number; readonly height: number };
/** A place on the stage in CSS pixels. */
export type Place = { x: number; y: number };
export type Edges = { left: number; top: number; right: number; bottom: number };
export type Frame = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
/** Where the image lies on the stage: CSS pixels per image pixel, and of the image's origin. */
export type View = { readonly scale: number; readonly x: number; readonly y: number };

// Masks.

/** Pixels of 0 or 1, one byte each, row by row. */
export type Bits = Uint8Array<ArrayBuffer>;
export type Crop = Frame & { bits: Bits };

/** An immutable crop of an image, tight to its foreground; an empty mask is null. */
export interface Mask extends Frame {
  readonly area: number;
  /** One bit a pixel, 32 to a number. */
  readonly packed: Uint32Array<ArrayBuffer>;
  readonly bits: Bits;
  /** How it travels, where that is known. */
  readonly wire: WireMask | null;
}

/** A mask as JSON: base64 of a PNG of the crop, opaque where foreground. */
export type WireMask = Frame & { readonly png: string };

/** A mask as the browser's database keeps it. */
export type PlainMask = Frame & { readonly packed: Uint32Array<ArrayBuffer> };

/** Connected pixels as runs in reading order: in `row[i]` from `start[i]` to before `end[i]`. */
export type Runs = { row: Int32Array; start: Int32Array; end: Int32Array };
/** Runs, each in region `of[i]` of `count`. */
export type Regions = Runs & { of: Int32Array; count: number };

// Prompts and drafts.

/** 1 is foreground, 0 background. */
export type PromptPoint = { readonly x: number; readonly y: number; readonly label: number };

/** What the server is asked, under segment-anything's names; as a step, one of those that led to an object. */
export type Prompt = {
  readonly box: Box | null;
  readonly point_coords: readonly Point[];
  readonly point_labels: readonly number[];
  readonly has_mask_input?: boolean;
  readonly candidate?: number;
};

/** One of the masks that an ambiguous click allows; `token` names its logits on the server. */
export type Candidate = { readonly mask: Mask | null; readonly iou: number; readonly token: string | null };

/** The revision of an accepted object that a correction was begun on. */
export type Corrected = { readonly id: number; readonly revision: number };

/** An object in the making; frozen. */
export type Draft = {
  /** What is corrected; null for a new object. */
  readonly of: Corrected | null;
  readonly box: Box | null;
  readonly points: readonly PromptPoint[];
  /** The decoder's answer, or the mask of the object that is corrected. */
  readonly base: Mask | null;
  /** Drawn by hand. */
  readonly add: Mask | null;
  /** Erased by hand. */
  readonly cut: Mask | null;
  /** (base with add) without cut. */
  readonly mask: Mask | null;
  readonly iou: number | null;
  readonly version: number | null;
  readonly token: string | null;
  readonly steps: readonly Prompt[];
  readonly candidates: readonly Candidate[];
  readonly candidate: number;
  readonly category: string | null;
  /** The id under which this browser sends it. */
  readonly key?: string;
  /** The mask by hand that its first answer was built on. */
  readonly seed?: WireMask | null;
};

/** A decoder's answer, unpacked. */
export type Answer = {
  mask: Mask | null;
  iou?: number | null;
  version?: number | null;
  token?: string | null;
  candidates?: readonly Candidate[];
  candidate?: number;
  steps?: readonly Prompt[];
};

/** Corners so far, in image coordinates; `cut` when it takes away. */
export type Polygon = { readonly points: readonly Point[]; readonly cut: boolean };
export type Stroke = { points: Point[]; diameter: number; erase: boolean };
/** What a person set on an object for themselves. */
export type Flags = { readonly hidden?: boolean; readonly locked?: boolean };

/** What is begun on an image and not accepted yet. */
export type Work = {
  draft: Draft;
  waiting: readonly Draft[];
  boxes: readonly Box[];
  polygon: Polygon | null;
  flags: Readonly<Record<number | string, Flags>>;
};

/** A draft and the work on an image as the browser's database keeps them. */
export type PlainDraft = Omit<Draft, "base" | "add" | "cut" | "mask" | "candidates"> & {
  base: PlainMask | null;
  add: PlainMask | null;
  cut: PlainMask | null;
  mask: PlainMask | null;
  candidates: readonly (Omit<Candidate, "mask"> & { mask: PlainMask | null })[];
};
export type PlainWork = Omit<Work, "draft" | "waiting"> & { draft: PlainDraft; waiting: readonly PlainDraft[]; at?: number };

// Images.

/** An image of the dataset; `ready` when its embedding is there. */
export type ImageEntry = Size & {
  readonly id: string;
  readonly filename: string;
  readonly accepted: number;
  readonly proposed: number;
  readonly ready: boolean;
};

/** An image at its own size and ever smaller, each half as large as the one before. */
export type Picture = Size & { bytes: number; levels: { bitmap: ImageBitmap; factor: number }[] };

/** One thing to take back: both may take a while, and may have been done by someone else. */
export type HistoryEntry = { undo(): unknown; redo(): unknown };
