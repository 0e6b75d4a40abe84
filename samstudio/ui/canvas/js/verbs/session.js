// What a person does on the canvas, as verbs by subject. No DOM here.

import { Core } from "./core.js";
import { Categories } from "./categories.js";
import { Images } from "./images.js";
import { Objects } from "./objects.js";
import { Prompting } from "./prompting.js";

export class Session {
  constructor({ store, transport }) {
    this.core = new Core({ store, transport });
    this.categories = new Categories(this.core);
    this.images = new Images(this.core);
    this.prompting = new Prompting(this.core);
    this.objects = new Objects(this.core, this.images);
  }

  undo() {
    return this.core.inTurn(() => this.core.history.undo());
  }

  redo() {
    return this.core.inTurn(() => this.core.history.redo());
  }

  /** Resolves when everything asked so far is done. */
  get idle() {
    return this.core.queue;
  }
}
