// The values that the page's modules hand to each other. For the type checker and for readers: no
// browser loads this file.

import type { Session } from "./actions/session.js";
import type { Bindings } from "./commands/bindings.js";
import type { CommandRegistry } from "./commands/registry.js";
import type { Store } from "./model/state.js";
import type { Renderer } from "./render/render.js";
import type { Transport } from "./sync/transport.js";
import type { KeyboardCursor } from "./tools/keyboard.js";
import type { ToolRegistry } from "./tools/registry.js";

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
/** Colours of an image: red, green, blue and opacity, one byte each, row by row. */
export type Pixels = Size & { readonly data: Uint8ClampedArray };

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

/** A draft of what an accepted object shall become. */
export type Correction = Draft & { readonly of: Corrected };

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

/**
 * The path so far, in image coordinates; `cut` when it takes away. `corners` are the indices of the points that
 * were set by hand; without it, all were.
 */
export type Polygon = { readonly points: readonly Point[]; readonly cut: boolean; readonly corners?: readonly number[] };
/** A place on the image that a polygon may lead to; `straight` where no edge is to be followed. */
export type Aim = {
  readonly place: Point;
  readonly straight: boolean;
  /** How far from it a stronger edge is looked for, and how many image pixels are one of the screen. */
  readonly reach: number;
  readonly coarseness: number;
};
/** Which way leads along the edges of an image; see `EdgeFinder`. */
export type EdgeQuestion = Pick<Aim, "reach" | "coarseness"> & { readonly from: Point | null; readonly to: Point };
export type Stroke = { points: Point[]; diameter: number; erase: boolean };

/** What traces closed paths; a Path2D is one. It is `full` when it wants no more of them. */
export type Pen = { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void; closePath(): void; readonly full?: boolean };
/** A closed path, and the indices of the points that are seen of it and can be moved, in the path's order. */
export type OutlineLoop = { readonly points: readonly Point[]; readonly vertices: readonly number[] };
/** The outline of a mask, simplified to `tolerance` image pixels. */
export type Outline = { readonly mask: Mask | null; readonly tolerance: number; readonly loops: readonly OutlineLoop[] };
/** A point of an outline, or the edge that begins there. */
export type OutlinePlace = { readonly loop: number; readonly vertex: number };
/** An outline whose mask does not know yet what changed, and the pixels that its edges swept. */
export type OutlineEdit = { readonly outline: Outline; readonly swept: Frame | null };
/** What makes a mask tidy. */
export type Cleaning = "fill" | "specks" | "grow" | "shrink" | "smooth";
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

// Images, and objects that the server has or will have.

/** Where an image stands. */
export type ImageState = "todo" | "in_progress" | "done" | "nothing";

/** What a person says of it; "todo": neither of the others. */
export type SaidState = Exclude<ImageState, "in_progress">;

/** What a person said of an image, and of an object. */
export type ImageMarks = { readonly state: SaidState; readonly note: string; readonly flagged: boolean };
export type ObjectMarks = Omit<ImageMarks, "state">;
export type MarkName = keyof ImageMarks;
/** Of what something is said: an image, or an object of it; `name` is what messages call it. */
export type MarkTarget = { readonly image_id: string; readonly object_id: number | null; readonly name: string };

/** What is said of an image or an object and is not on the server yet, as the outbox keeps it. */
export type MarksEntry = MarkTarget & {
  readonly values: Partial<ImageMarks>;
  /** What the server had when the first of it was said. */
  readonly seen: Partial<ImageMarks>;
  /** What was sent before, without an answer: the server may have it. */
  readonly sent: readonly Partial<ImageMarks>[];
  /** When it was said, in milliseconds since 1970. */
  readonly at: number;
};

/** Two people said something else of one image or object; `answer` tells which holds, "both" of notes. */
export type MarksConflict = {
  readonly name: string;
  readonly mine: Partial<ImageMarks>;
  readonly theirs: Partial<ImageMarks>;
  answer(choice: MarksChoice): void;
};
export type MarksChoice = "mine" | "theirs" | "both";

/** An image of the dataset; `ready` when its embedding is there. */
export type ImageEntry = Size & {
  readonly id: string;
  readonly filename: string;
  readonly accepted: number;
  readonly proposed: number;
  readonly ready: boolean;
  readonly marks: ImageMarks;
  /** Whether it, or an object of it, needs a second look. */
  readonly flagged: boolean;
};

/** An image of the list; `cursor` is its place in the order. */
export type ListedEntry = ImageEntry & { readonly cursor: string };

/** Parameters of an `ImageQuery` (samstudio/services/image_queries): which images, in which order. */
export type Query = Readonly<Record<string, string>>;

/** An image at its own size and ever smaller, each half as large as the one before. */
export type Picture = Size & { bytes: number; levels: { bitmap: ImageBitmap; factor: number }[] };
/** `formerly`: names that lead to it, since it was renamed or others merged into it. */
export type Category = { readonly id?: number; readonly name: string; readonly color: string; readonly formerly?: readonly string[] };
export type Status = "proposed" | "accepted" | "rejected";

type ObjectValues = {
  readonly id: number;
  readonly image_id: string;
  readonly category: string;
  readonly category_id?: number;
  readonly color: string;
  readonly status: Status;
  /** The decoder version that proposed it; null where none did. */
  readonly version: number | null;
  readonly iou: number | null;
  readonly revision: number;
  /** Where it lies among those it overlaps; null stands for its id. */
  readonly rank: number | null;
  /** The id that the browser which made it gave it. */
  readonly client_id: string | null;
  readonly corrected: boolean;
  readonly marks: ObjectMarks;
  /** Set on what was deleted meanwhile. */
  readonly deleted?: boolean;
};

/** An object as the server sends it, without the mask where this page just sent it; and as the page holds it. */
export type WireObject = ObjectValues & { readonly mask: WireMask | null; readonly deleted?: false };
export type StoredObject = ObjectValues & { readonly mask: Mask | null; readonly unsent?: undefined };

/** An accepted object that the server does not have yet, as it is listed meanwhile. */
export type PendingObject = {
  readonly id: string;
  readonly client_id: string;
  readonly image_id: string;
  readonly category: string;
  readonly color: string;
  readonly version: number | null;
  readonly iou: number | null;
  readonly mask: Mask | null;
  readonly unsent: true;
  readonly status?: undefined;
};

/** The request that stores a new object. */
export type NewObject = {
  readonly client_id: string;
  readonly category: string;
  readonly mask: WireMask | null;
  /** The decoder's answer where the mask is another by now. */
  readonly proposed: WireMask | null;
  readonly prompts: readonly Prompt[];
  readonly version: number | null;
  readonly iou: number | null;
  /** The name of who accepted it; another person may be at the browser when it is sent. */
  readonly author?: string;
  /** When, where it is sent later, in milliseconds since 1970. */
  readonly decided_at?: number;
};

export type ObjectAction =
  | "added" | "imported" | "proposed" | "drawn" | "corrected" | "category" | "accepted" | "rejected" | "deleted"
  | "restored" | "reopened" | "flagged" | "unflagged" | "note" | "image_deleted" | "image_restored";

/** What one write did to an object. */
export type ObjectWrite = {
  readonly at: string;
  readonly decided_at: string | null;
  readonly actions: readonly ObjectAction[];
  readonly author: string | null;
  readonly version: number | null;
  readonly source: string | null;
  readonly category: string | null;
};

/** A new object on its way to the server, as the outbox keeps it. */
export type OutboxEntry = {
  readonly image_id: string;
  readonly add: NewObject;
  /** Taken back by the person before the server had it. */
  readonly withdrawn: boolean;
  /** When it was accepted, in milliseconds since 1970. */
  readonly at: number;
  /** Its image is gone: it waits until the same image is there again. */
  readonly parked?: boolean;
  /** The person knows that. */
  readonly told?: boolean;
};

// What the canvas knows, and what can be taken back.

/** Everything that the store of the canvas holds. */
export type State = Work & {
  // The dataset.
  /** A part of the list, without gaps. */
  images: readonly ListedEntry[];
  /** The id of the image among them that is none of the list, but was when it was opened. */
  stray: string | null;
  /** Where the list goes on before and after that part; null at an end. */
  before: string | null;
  after: string | null;
  /** How many images of the list come before that part, of how many. */
  offset: number;
  total: number;
  /** How many images are listed at most. */
  limit: number;
  /** Which images the list has, in which order; all of them where it is empty. */
  query: Query;
  /** Why there is no such list, in a sentence. */
  listProblem: string | null;
  /** Where in the list an image was found; it is left from there. */
  place: { readonly id: string; readonly cursor: string } | null;
  /** Ids of images that wait for their embedding. */
  pending: readonly string[];
  categories: readonly Category[];
  /** The category of the next object. */
  category: string;

  // The open image.
  image: ImageEntry | null;
  picture: Picture | null;
  /** Whether its objects are known. */
  opened: boolean;
  /** Whether its embedding is there. */
  ready: boolean;
  objects: readonly StoredObject[];
  pendingObjects: readonly PendingObject[];
  unsent: readonly OutboxEntry[];
  /** What is said of images and objects and is not on the server, by its key in the outbox; laid over what the server says. */
  unsentMarks: Readonly<Record<string, MarksEntry>>;
  selection: readonly number[];
  hovered: number | null;
  view: View | null;

  // What is under the mouse or on its way.
  stroke: Stroke | null;
  drag: Box | null;
  cursor: Place | null;
  /** The outline as it was edited last, and as it is while one of its points is held. */
  outline: Outline | null;
  heldOutline: Outline | null;
  /** The points after the polygon's last corner that a click would add; the last one is where it would set a corner. */
  wire: readonly Point[] | null;
  preview: Mask | null;
  thinking: boolean;
  /** Whether a prompt waits for the server to be back. */
  stalled: boolean;
  saving: boolean;
  connected: boolean;
  /** Whether this browser keeps nothing by itself. */
  nonPersistent: boolean;
  notice: Notice | null;
  conflict: Conflict | null;
  marksConflict: MarksConflict | null;

  // How the person works.
  tool: ToolId;
  /** Whether boxes are collected, to be asked together. */
  many: boolean;
  keyboard: boolean;
  /** Whether all masks are out of sight just now. */
  peeking: boolean;
  /** Read out by a screen reader. */
  announcement: string;
  display: Display;
  /** The brush's diameter in image pixels. */
  brush: number;
  /** How many points an outline has, from few to many. */
  detail: number;
  /** By how much a channel of a colour may differ for the magic wand, of 255. */
  tolerance: number;
  /** Whether a polygon's edges follow those of the picture. */
  snap: boolean;
  toured: boolean;
  /** Whether the next image is shown at the zoom and place of the one before. */
  keepZoom: boolean;
};

/** What a person prefers, of the state. */
export type Preferred = "display" | "brush" | "detail" | "tolerance" | "snap" | "toured" | "keepZoom";

export type Display = {
  readonly opacity: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly gamma: number;
  readonly contours: boolean;
  readonly previews: boolean;
};

/** How a person likes the canvas, as the browser keeps it; `image` is the one that was open last. */
export type StoredPreferences = Readonly<Pick<State, Preferred>> & { readonly image: string | null };

/** The keys of a tool that people come from, by the command's id; see commands/presets.js. */
export type KeyPreset = { readonly id: string; readonly label: string; readonly keys: Readonly<Record<string, readonly string[]>> };

/** The chosen preset, and under each preset the keys that a person set, by the command's id. */
export type StoredKeys = {
  readonly preset: string;
  readonly own: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
};

/** A sentence over the picture; `action` is a button under it. */
export type Notice = {
  readonly kind: "error" | "hint";
  readonly text: string;
  readonly items?: readonly string[];
  readonly action?: { readonly label: string; run(): unknown };
};

/** Someone else's newer state of an object, and how the person's choice is answered. */
export type Conflict = {
  readonly text: string;
  readonly mask: Mask | null;
  readonly deleted: boolean;
  answer(mine: boolean): void;
};

export type ToolId = string;
/** One thing to take back: both may take a while, and may have been done by someone else. */
export type HistoryEntry = { undo(): unknown; redo(): unknown };
/** An entry of the history that may not happen: someone else changed the object since, and theirs is kept. */
export type Step = { undo(): Promise<boolean>; redo(): Promise<boolean> };

// What is drawn.

/** What is drawn: the state, and what follows from it. */
export type Scene = Omit<State, "objects"> & {
  readonly objects: readonly SceneObject[];
  /** The id of the object that is corrected: its draft is drawn instead of it. */
  readonly correcting: number | null;
  /** The draft's color, #rrggbb. */
  readonly color: string;
  readonly chosenTool: Tool | undefined;
  /** The other person's mask in a conflict. */
  readonly theirs: Mask | null;
};

export type SceneObject = (StoredObject | PendingObject) & Flags;
/** A scene of an open image. */
export type OpenScene = Scene & { readonly image: ImageEntry; readonly view: View };
/** The canvases that lie on each other, from below to above. */
export type LayerName = "picture" | "objects" | "draft";

/**
 * Where the image lies on a canvas: device pixels per image pixel, the image's origin, the canvas's
 * size, and device pixels per CSS pixel.
 */
export type CanvasFrame = {
  readonly sx: number;
  readonly sy: number;
  readonly ox: number;
  readonly oy: number;
  readonly width: number;
  readonly height: number;
  readonly pixel: number;
};

/** A mask as it is painted; `fill` is the opacity of its inside. */
export type MaskItem = {
  readonly mask: Mask;
  readonly color: string;
  readonly fill: number;
  readonly halo: boolean;
  readonly dash: boolean;
  readonly faint: boolean;
};

/** Items painted on a canvas of their own, which covers `Edges` of the stage in device pixels of `frame`. */
export type Drawing = Edges & {
  canvas: OffscreenCanvas;
  context: OffscreenCanvasRenderingContext2D;
  frame: CanvasFrame;
  items: readonly MaskItem[];
  /** What is still to be painted. */
  jobs: { item: MaskItem; part: Edges }[];
};

export type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

// What a person does: commands and tools.

/** The whole canvas: what a command is run with. */
export type App = {
  readonly root: HTMLElement;
  readonly store: Store;
  readonly session: Session;
  readonly transport: Transport;
  readonly tools: ToolRegistry;
  readonly commands: CommandRegistry;
  readonly bindings: Bindings;
  readonly stage: Stage;
  readonly display: { toggle(open?: boolean): void };
  readonly tour: { start(): void };
  readonly history: { show(object: StoredObject): Promise<void> };
  readonly settings: { open(): void };
  readonly notes: { toggle(what?: "image"): void };
};

/** The parts of the app that are there before the others are mounted. */
export type Wired = Pick<App, "root" | "store" | "session" | "transport" | "tools" | "commands" | "bindings">;

/** How the view on the picture is changed. Places are CSS pixels of the stage. */
export type Looking = {
  fit(): void;
  /** As many pixels of the screen as the image has. */
  actual(): void;
  zoom(factor: number, x?: number, y?: number): void;
  pan(dx: number, dy: number): void;
  toBox(box: Box): void;
  /** Move as little as needed for a pixel of the image to be seen. */
  reveal(x: number, y: number): void;
};

/** The middle of the canvas. */
export type Stage = Looking & {
  readonly renderer: Renderer;
  readonly keyboard: KeyboardCursor;
  readonly scene: () => Scene;
  /** Let go of what is under the mouse; whether there was anything. */
  cancel(): boolean;
  toScreen(x: number, y: number): [x: number, y: number];
};

/** Something that a button or a key does; see commands/registry.js. */
export type Command = {
  readonly id: string;
  /** Its default keys by name: "b", "Escape", "Ctrl+Shift+z". Those it has now are `Bindings`'. */
  readonly keys: readonly string[];
  /** Where its keys hold: on the canvas, unless it says otherwise. */
  readonly context?: string;
  readonly label: string;
  run(app: App): unknown;
  /** Its key was let go: what it did lasts as long as that is held. */
  release?(app: App): unknown;
  /** Whether the browser does with its key what it always does. */
  yields?(name: string): boolean;
  /** What the keyboard or the mouse does besides its key; named with its label. */
  readonly also?: string;
  /** Where it has a button: a `data-buttons` of canvas.html. */
  readonly place?: string;
  /** The path of its button's icon, on a grid of 24 x 24; else `text`. */
  readonly icon?: string;
  text?(state: State): string;
  pressed?(state: State): boolean;
  enabled?(state: State): boolean;
  /** It does nothing again while its key is held down. */
  readonly once?: boolean;
  /** Its button opens something beside itself. */
  readonly popup?: boolean;
  /** Where it has a line in the list of keys; `help` is more than the label. */
  readonly group?: string | null;
  readonly help?: string;
  /** The commands whose keys are in that line too. */
  readonly helpWith?: readonly string[];
  /** More lines: what the mouse does, and what that means. */
  readonly gestures?: readonly (readonly [what: string, means: string])[];
};

/** A tool of the canvas: one object in one file; see tools/registry.js. */
export type Tool = Pick<Command, "id" | "label" | "also" | "icon" | "group" | "help" | "gestures"> & {
  readonly key: string;
  /** A CSS cursor; a crosshair if not given. */
  readonly cursor?: string;
  /** What is drawn at the cursor besides: see render/cursors.js. Without it, a crosshair for the keyboard's cursor alone. */
  paintCursor?(context: CanvasRenderingContext2D, scene: OpenScene, cursor: Place): void;
  /** What is drawn over the picture while it is chosen, in CSS pixels of the stage. */
  paintMarks?(context: CanvasRenderingContext2D, scene: OpenScene): void;
  /** Whether the draft's box is drawn with handles to take hold of. */
  readonly boxHandles?: boolean;
  /** Whether choosing it leaves `many` of the state as it is; other tools end the collecting of boxes. */
  readonly keepsMany?: boolean;
  readonly options?: readonly ToolOption[];
  /** What else it brings. */
  readonly commands?: readonly Command[];
  make(app: ToolApp): ToolInHand;
};

/** What can be set for a tool. */
export type ToolOption = ToolSlider | ToolSwitch;
/** A box to tick, which does what a command of the tool does and is called as that is. */
export type ToolSwitch = {
  readonly id: string;
  readonly command: Command;
  checked(state: State): boolean;
};
/** A slider. */
export type ToolSlider = {
  readonly id: string;
  readonly label: string;
  /** What the slider is called by a screen reader. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  value(state: State): number;
  text(state: State): string;
  change(app: App, value: number): void;
  /** What `[` and `]` do while its tool is chosen. */
  step(app: App, direction: 1 | -1): void;
};

/** What a tool is made with; it hears of gestures only while an image is open. */
export type ToolApp = Pick<App, "store" | "session"> & { readonly scene: () => OpenScene; readonly stage: Looking };

/** What the mouse and the keyboard's cursor speak to. Places are CSS pixels of the stage. */
export type ToolInHand = {
  /** False where it refuses the gesture. */
  down(gesture: Gesture): boolean | void;
  move(gesture: Gesture & { path: Place[] }): void;
  up(gesture: Gesture): void;
  cancel(): void;
  /** The mouse is there, or nowhere, with Shift held or not; may give a CSS cursor. */
  hover?(place: Place | null, more?: boolean): string | null | void;
  /** A double click. */
  twice?(place: Place): void;
  resize?(direction: 1 | -1): void;
  /** Whether the keyboard's cursor can hold it (B), as the mouse does in a drag. */
  readonly drags?: boolean;
  /** Whether its drags move the picture. */
  readonly pans?: boolean;
};

export type Gesture = {
  readonly start: Place;
  point: Place;
  last: Place;
  /** Whether it went far enough to be no click. */
  moved: boolean;
  /** It takes away: the right button, Alt, the pen's eraser or a long press. */
  negative: boolean;
  /** Shift is held. */
  readonly more: boolean;
  readonly kind?: "tool" | "pan";
};

// What is said between the canvas and the server.

export type Revision = { readonly id: number; readonly revision: number };
/** Someone else's state of an object: newer than the one that a change was made on, or gone. */
export type Theirs = WireObject | (Revision & { readonly deleted: true });

/** Objects of an image to add, to delete, and to bring back as what their status says. */
export type ObjectChange = {
  readonly add?: readonly NewObject[];
  readonly remove?: readonly StoredObject[];
  readonly restore?: readonly StoredObject[];
};

export type ObjectChanged = {
  readonly added: readonly WireObject[];
  readonly removed: readonly Revision[];
  readonly restored: readonly WireObject[];
  readonly categories: readonly Category[];
};

/** Values of one object to change; what is missing stays. */
export type ObjectValuesChange = {
  readonly category?: string;
  readonly status?: Status;
  readonly mask?: WireMask | null;
  readonly proposed?: WireMask | null;
  readonly prompts?: readonly Prompt[];
  readonly version?: number | null;
  readonly iou?: number | null;
  readonly rank?: number;
};

/** What a prompt's answer builds on: earlier logits, and how they came about; or a mask drawn by hand. */
export type Previous = {
  readonly token?: string;
  readonly steps?: readonly Prompt[];
  readonly mask: WireMask | null;
};

export type WireAnswer = { readonly mask: WireMask; readonly iou: number; readonly token: string | null };

export type Prediction = WireAnswer & {
  readonly version: number;
  readonly candidates: readonly WireAnswer[];
  readonly candidate: number;
  /** Milliseconds by step of the work. */
  readonly ms: Readonly<Record<string, number>>;
};

export type Uploaded = {
  readonly image: ImageEntry;
  readonly created: boolean;
  readonly notes?: readonly string[];
  readonly refused?: readonly string[];
};
type Call<Request, Reply> = { request: Request; reply: Reply };
type OfImage = { readonly image_id: string };
type OfList = { readonly query: State["query"] };
type MarksRequest = { readonly values: Partial<ImageMarks>; readonly seen: Partial<ImageMarks> };

/** The server functions of the canvas. */
export type Calls = {
  list_images: Call<
    OfList & {
      readonly limit?: number;
      readonly around?: string | null;
      readonly at?: string | null;
      readonly stay?: boolean;
      readonly after?: string | null;
      readonly before?: string | null;
    },
    Pick<State, "images" | "before" | "after" | "offset" | "total" | "stray" | "categories">
  >;
  neighbours: Call<OfList & OfImage & { readonly at?: string | null }, { previous: string | null; next: string | null }>;
  open_image: Call<OfImage, { image: ImageEntry; objects: readonly WireObject[]; problems: readonly string[] }>;
  prepare_image: Call<OfList & OfImage, OfImage & { drawn?: number }>;
  add_samples: Call<object, { image_id: string | null }>;
  add_category: Call<{ readonly name: string }, { categories: readonly Category[] }>;
  predict: Call<OfImage & { readonly prompt: Prompt; readonly previous?: Previous | null; readonly preview?: boolean }, Prediction>;
  predict_boxes: Call<OfImage & { readonly boxes: readonly Box[] }, { answers: readonly WireAnswer[]; version: number }>;
  changes: Call<
    OfImage & { readonly known: Readonly<Record<string, number>> },
    { objects: readonly WireObject[]; gone: readonly number[] }
  >;
  change_objects: Call<
    OfImage & {
      readonly add?: readonly NewObject[];
      readonly remove?: readonly Revision[];
      readonly restore?: readonly Revision[];
      readonly propose?: readonly Revision[];
    },
    ObjectChanged
  >;
  mark_image: Call<OfImage & MarksRequest, { stored: boolean; marks: ImageMarks; left: number }>;
  mark_object: Call<{ readonly id: number } & MarksRequest, { stored: boolean; marks: ObjectMarks; revision: number }>;
  next_to_do: Call<OfList & OfImage & { readonly at?: string }, { next: string | null; beside: string | null }>;
  update_object: Call<Revision & ObjectValuesChange, { object: WireObject; categories: readonly Category[] }>;
};

// The page around the canvas.

type Kind<T> = new () => T;
/** Finds an element of the page by its name; it is there, and of that type. */
export type Part = <T extends Element = HTMLElement>(name: string, type?: Kind<T>) => T;
type Tags = HTMLElementTagNameMap;

/** The element that "button.ss-icon" makes. */
export type Made<Selector extends string> = Selector extends keyof Tags
  ? Tags[Selector]
  : Selector extends `${infer Tag extends keyof Tags}.${string}`
    ? Tags[Tag]
    : HTMLElement;

export type Child = Node | string | null | undefined | false;

/** Attributes of a new element: `style` by property, `onclick` a listener; null and false leave one out. */
export type Attributes = {
  readonly [name: string]:
    | string
    | number
    | boolean
    | null
    | undefined
    | Readonly<Record<string, string>>
    | ((event: MouseEvent) => unknown);
};

/** Raise an event that Python listens to. */
export type Trigger = (event: string, data: object) => void;
/** Server functions by name: JSON in, JSON out. */
export type Server = Readonly<Record<string, (request: object) => Promise<unknown>>>;
/** What Gradio gives to the script of a component. */
export type Mounted = { element: HTMLElement; server: Server; trigger: Trigger };

/** What the server says of itself every second or two. A stamp changes with what it is the stamp of. */
export type ServerStatus = {
  readonly live: { readonly name: string; readonly since: string; readonly title: string };
  readonly job: { readonly id: number; readonly text: string; readonly progress: number } | null;
  readonly notices: readonly { readonly title: string; readonly text: string }[];
  readonly preparing: {
    readonly model: string;
    readonly error: string;
    readonly done: number;
    readonly total: number;
    readonly pending: readonly string[];
  };
  /** How many images stand where. */
  readonly states: Readonly<Record<ImageState, number>>;
  readonly stamps: { readonly live: string; readonly job: string; readonly scores: string; readonly dataset: string };
  /** The name that the login says of who looks at the page. */
  readonly author: string | null;
};

/** A file that was dropped, chosen or pasted, and its path below the folder that it came in. */
export type Arrival = { readonly file: File; readonly path: string };

/** What a person chooses for an import. */
export type ImportChoice = {
  readonly format: string;
  readonly category: string;
  readonly status: "accepted" | "proposed";
  readonly doubtful: boolean;
  readonly split_parts: boolean;
  readonly group_by_folder: boolean;
  readonly page: number | null;
  readonly channels: string | null;
  readonly contrast: string | null;
};
export type EntryCounts = { readonly new: number; readonly known: number; readonly skipped: number };
export type ImportCounts = {
  readonly files: EntryCounts;
  readonly images: EntryCounts;
  readonly objects: EntryCounts;
  readonly boxes: number;
};
/** Entries that end alike: a sentence, and the first of their names. */
export type OutcomeGroup = {
  readonly kind: "file" | "image" | "object";
  readonly count: number;
  readonly why: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly skipped: boolean;
};
export type FormatChoice = { readonly name: string; readonly label: string; readonly description: string; readonly why: string };
/** What a person should look at: an image, or an object of it, and why. */
export type Doubt = {
  readonly image: string;
  readonly label: string;
  readonly text: string;
  readonly held: boolean;
  readonly picture: boolean;
};
/** What applying would do; without a format, one of the choices has to be made. */
export type ImportPlan = {
  readonly format: string | null;
  readonly choices: readonly FormatChoice[];
  readonly counts: ImportCounts | null;
  readonly groups: readonly OutcomeGroup[];
  readonly doubts: readonly Doubt[];
  readonly categories: readonly string[];
  readonly folder_groups: number;
};
export type ImportReport = {
  readonly counts: ImportCounts;
  readonly groups: readonly OutcomeGroup[];
  readonly first_image: string | null;
  readonly stopped: boolean;
};
/** An import as the REST API gives it. */
export type ImportInfo = {
  readonly id: string;
  readonly state: "collecting" | "planning" | "planned" | "applying" | "done" | "cancelled" | "failed";
  readonly changed_at: string;
  readonly progress: { readonly done: number; readonly total: number; readonly name: string } | null;
  readonly plan: ImportPlan | null;
  readonly report: ImportReport | null;
  readonly problem: string;
};

declare global {
  interface WindowEventMap {
    "studio:status": CustomEvent<ServerStatus>;
    "studio:lost": CustomEvent<null>;
    /** Open an image; where `query` is given, in that list, in which it was found at the cursor `at`. */
    "studio:open": CustomEvent<{ readonly id: string; readonly object: number | null; readonly query?: Query; readonly at?: string }>;
    "studio:language": CustomEvent<string>;
    /** The dialog of the categories is wanted. */
    "studio:manage-categories": CustomEvent<null>;
    /** This page has changed categories. */
    "studio:categories": CustomEvent<null>;
    /** Images for the open canvas, one by one. */
    "studio:add": CustomEvent<readonly File[]>;
    /** Files for an import, each with its path relative to what was dropped or chosen; none: a person is asked. */
    "studio:import": CustomEvent<readonly Arrival[]>;
  }
}
